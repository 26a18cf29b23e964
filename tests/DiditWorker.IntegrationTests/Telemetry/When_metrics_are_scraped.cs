using System.Globalization;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Telemetry;

/// <summary>The executable as it is shipped, and its <c>/metrics</c>.</summary>
public sealed class When_metrics_are_scraped
{
    private const int Many = 1_000;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    // interface.md, in the form of Prometheus.
    private static readonly string[] Promised =
    [
        "diditworker_deliveries_total", "diditworker_delivery_duration_seconds_bucket", "diditworker_didit_requests_total",
        "diditworker_didit_duration_seconds_bucket", "diditworker_ratelimit_wait_seconds_bucket", "diditworker_circuit_state",
        "diditworker_consumer_paused", "diditworker_idempotency_claims_total", "diditworker_redis_duration_seconds_bucket",
        "diditworker_deadletters", "diditworker_window_remaining_seconds",
    ];

    private static readonly string[] Libraries =
        ["messaging_masstransit_receive_ea_total", "resilience_polly_pipeline_duration_milliseconds_bucket",
            "http_client_request_duration_seconds_bucket", "dotnet_gc_collections_total"];

    [Test]
    public async Task Every_promised_name_is_there_with_a_description()
    {
        await using var arena = await ArenaAsync();
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        (await ScrapeAsync(worker)).Value("diditworker_circuit_state").ShouldBe(0, "there before the first message");
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await arena.Broker.PublishRawAsync("order-2", "{}");
        await arena.Broker.UntilAnswersAsync(2);

        Scrape scrape = null!;
        await Eventually.UntilAsync(
            async () => (scrape = await ScrapeAsync(worker))
                .Value("diditworker_window_remaining_seconds") is not null, Bound, "the dead letter is seen");
        await TestContext.Out.WriteLineAsync(scrape.Text);
        Promised.Concat(Libraries).Except(scrape.Names, StringComparer.Ordinal).ShouldBeEmpty();
        scrape.Text.ShouldContain("# HELP diditworker_deliveries_total Deliveries, by how each ended.");
        scrape.Value("diditworker_deliveries_total", "outcome=\"created\"").ShouldBe(1);
        scrape.Value("diditworker_deliveries_total", "outcome=\"rejected\"").ShouldBe(1);
        scrape.Value("diditworker_deliveries_total", "outcome=\"parked\"")
            .ShouldBe(0, "counted from the start, so that the first one shows as an increase");
        scrape.Value("diditworker_deliveries_active").ShouldBe(0);
        scrape.Value("diditworker_ratelimit_limit", "operation=\"create\"").ShouldBe(600_000);
        scrape.Value("diditworker_queue_consumers", "queue=\"start-verification\"").ShouldBe(1);
    }

    [Test]
    public async Task A_thousand_different_messages_make_no_more_series_than_a_few()
    {
        await using var arena = await ArenaAsync();
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        await EverythingHappensAsync(arena, 0, 20);
        var few = await SettledAsync(worker);

        await EverythingHappensAsync(arena, 20, 20 + Many);
        var many = await SettledAsync(worker);

        await TestContext.Progress.WriteLineAsync($"/metrics: {few.Count} series after 20 messages, {many.Count} after {Many + 20}");
        many.Except(few, StringComparer.Ordinal).ShouldBeEmpty();
        many.Count.ShouldBeLessThan(1000);
        string.Join('\n', many).ShouldNotContain("user-");
    }

    // Different ids, people, workflows, metadata, response addresses and broken fields; good ones, duplicates, and each kind of rejection.
    private static async Task EverythingHappensAsync(Arena arena, int first, int end)
    {
        var before = arena.Broker.Answers.Count;
        for (var i = first; i < end; i++)
        {
            var workflow = new Guid(i, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1).ToString("D");
            await arena.Broker.PublishRawAsync($"order-{i}", (i % 4) switch
            {
                0 => $$"""{"vendorData":"user-{{i}}","workflowId":"{{workflow}}","metadata":{"number-{{i}}":{{i}} } }""",
                1 => $$"""{"vendorData":"user-{{i}}","unknown-{{i}}":1,"language":{{i}}}""",
                2 => string.Create(CultureInfo.InvariantCulture, $"not json {i}"),
                _ => $$"""{"vendorData":"user-{{i}}"}""",
            });
            if (i % 4 == 3)
            {
                await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}-changed"}""");
            }
        }

        await arena.Broker.UntilAnswersAsync(before + (end - first) + ((end - first) / 4), seconds: 120);
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 422, Count = 1 });
        await arena.Broker.PublishRawAsync($"refused-{first}", """{"vendorData":"user-refused"}""");
        await arena.Broker.UntilAnswersAsync(before + (end - first) + ((end - first) / 4) + 1);
    }

    // Until two scrapes, some looks at the queues apart, have the same series.
    private static async Task<HashSet<string>> SettledAsync(WorkerProcess worker)
    {
        HashSet<string> before = [], now = [];
        await Eventually.UntilAsync(
            async () =>
            {
                before = now;
                await Task.Delay(TimeSpan.FromSeconds(1));
                now = (await ScrapeAsync(worker)).Series.ToHashSet(StringComparer.Ordinal);
                return now.SetEquals(before);
            },
            Bound, "no new series");
        return now;
    }

    private static async Task<Arena> ArenaAsync()
    {
        var arena = await Arena.OpenAsync();
        arena.Settings["StartVerification:QueueWatchInterval"] = "00:00:00.200";
        return arena;
    }

    private static async Task<Scrape> ScrapeAsync(WorkerProcess worker) => new(await worker.GetAsync("/metrics"));
}
