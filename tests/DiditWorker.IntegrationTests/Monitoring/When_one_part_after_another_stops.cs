using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Status;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using Microsoft.Playwright;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Monitoring;

/// <summary>
/// Didit, Redis and the broker are stopped for real, one after another: what Prometheus alerts of, what health says, and what a person sees
/// on the status page must be the same.
/// </summary>
public sealed partial class When_one_part_after_another_stops
{
    private const int Waiting = 30;

    // Not those that look back over minutes, such as the share of failed requests.
    private static readonly string[] Outages =
        ["DiditCircuitOpen", "DiditAccountRefused", "RedisUnreachable", "RedisDown", "BrokerUnreachable", "BrokerDown", "ConsumerGone",
            "WorkersGone"];

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    private Arena _arena = null!;
    private WorkerProcess _worker = null!;
    private PrometheusServer _prometheus = null!;
    private IPage _page = null!;

    [Test]
    public async Task Alert_health_and_status_page_agree()
    {
        Programs.Require(Programs.Prometheus);
        Programs.Require(Programs.RedisExporter);
        await using var chromium = await Chromium.StartAsync();
        await using var rabbitMq = await RabbitMqServer.StartNewAsync();
        await using var redis = await RedisServer.StartNewAsync();
        await using var arena = _arena = await Arena.OpenAsync(redis, rabbitMq: rabbitMq);
        var address = $"http://127.0.0.1:{FreePort.Take()}";
        arena.Settings["Didit:BaseAddress"] = address;
        arena.Settings["StartVerification:QueueWatchInterval"] = "00:00:00.500";
        var didit = await StartDiditAsync(address);
        await using var worker = _worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        await using var exporter = await RedisExporter.StartAsync(redis);
        await using var prometheus = _prometheus = await PrometheusServer.StartWithAsync(await QuickRulesAsync(),
            new("diditworker", worker.Address.Authority),
            new("rabbitmq", rabbitMq.Metrics),
            new("rabbitmq-queues", rabbitMq.Metrics, "/metrics/detailed", "queue_coarse_metrics", "queue_consumer_count"),
            new("redis", exporter.Address));
        _page = await chromium.Browser.NewPageAsync();
        await _page.GotoAsync(worker.Address.ToString());
        await AllIsWellAsync();

        await didit.DisposeAsync();
        await arena.Broker.PublishBacklogAsync(0, Waiting);
        await AgreeAsync("didit", "Degraded", HttpStatusCode.OK, "Working, but", "DiditCircuitOpen");
        didit = await StartDiditAsync(address);
        await arena.Broker.UntilAnswersAsync(Waiting, seconds: 120);
        await AllIsWellAsync();
        didit.State.Sessions.Count.ShouldBe(Waiting);

        await redis.StopAsync();
        await AgreeAsync("redis", "Unhealthy", HttpStatusCode.ServiceUnavailable, "Not working: Redis", "RedisUnreachable", "RedisDown");
        await redis.StartAsync();
        await AllIsWellAsync();

        await rabbitMq.StopAsync();
        await AgreeAsync(
            "broker", "Unhealthy", HttpStatusCode.ServiceUnavailable, "Not working: Broker", "BrokerUnreachable", "BrokerDown");
        await rabbitMq.StartAsync();
        await AllIsWellAsync();
        await didit.DisposeAsync();
    }

    private static Task<SimulatorServer> StartDiditAsync(string address) =>
        SimulatorServer.StartAsync(address, new() { ApiKey = Arena.ApiKey, ReuseByVendorData = false });

    private async Task AgreeAsync(string part, string status, HttpStatusCode ready, string headline, params string[] alerts)
    {
        await Eventually.UntilAsync(
            async () => !alerts.Except(await FiringAsync(), StringComparer.Ordinal)
                .Any(), Bound, $"{part} is stopped and {string.Join(", ", alerts)} fire");
        JsonElement told = default;
        await Eventually.UntilAsync(
            async () =>
            {
                var (code, body) = await _worker.HealthAsync("ready");
                told = body.GetProperty("parts").GetProperty(part);
                return code == ready && told.GetProperty("status").GetString() == status;
            },
            Bound, $"/health/ready says that {part} is {status}");
        (DateTimeOffset.UtcNow - told.GetProperty("since").GetDateTimeOffset()).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromMinutes(5));
        var action = told.GetProperty("action").GetString()!;
        await Eventually.UntilAsync(
            async () => (await HeadlineAsync()).StartsWith(headline, StringComparison.Ordinal), Bound, $"the page says: {headline}");
        await Eventually.UntilAsync(
            async () => (await _page.InnerTextAsync("#parts"))
                .Contains(action, StringComparison.OrdinalIgnoreCase), Bound, $"the page says: {action}");
        var firing = await FiringAsync();
        await TestContext.Progress.WriteLineAsync(
            $"{part} stopped: alerts {string.Join(", ", firing)}; health {status}: {told.GetProperty("description")}; page: "
                + $"{await HeadlineAsync()}");

        // Nothing else is blamed.
        foreach (var other in ((string[])["didit", "redis", "broker"]).Where(other => other != part))
        {
            (await _worker.HealthAsync("ready")).Body.GetProperty("parts").GetProperty(other).GetProperty("status").GetString()
                .ShouldBe("Healthy", other);
        }
    }

    private async Task AllIsWellAsync()
    {
        await Eventually.UntilAsync(
            async () => !(await FiringAsync()).Intersect(Outages, StringComparer.Ordinal).Any(), Bound, "no alert of an outage fires");
        await Eventually.UntilAsync(
            async () => (await _worker.HealthAsync("ready")).Body.GetProperty("status")
                .GetString() == "Healthy", Bound, "/health/ready says Healthy");
        await Eventually.UntilAsync(async () => await HeadlineAsync() == "Working", Bound, "the page says Working");
    }

    private Task<string> HeadlineAsync() => _page.InnerTextAsync("#headline");

    private Task<IReadOnlyList<string>> FiringAsync() => _prometheus.AlertsAsync("firing");

    // The shipped rules wait for minutes, so as not to wake anybody for nothing.
    private static async Task<string> QuickRulesAsync()
    {
        var path = Path.Combine(Leftovers.NewDirectory(), "rules.yml");
        await File.WriteAllTextAsync(path, For().Replace(await File.ReadAllTextAsync(MonitoringFiles.Rules), "for: 1s"));
        return path;
    }

    [GeneratedRegex("for: [0-9]+m", RegexOptions.None, 1000)]
    private static partial Regex For();
}
