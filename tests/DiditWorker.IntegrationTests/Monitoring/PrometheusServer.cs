using System.Globalization;
using System.Text.Json;
using DiditWorker.IntegrationTests.Servers;

namespace DiditWorker.IntegrationTests.Monitoring;

/// <summary>A real Prometheus with the shipped rules, which scrapes every second.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(60);

    private readonly NativeHost _host;
    private readonly HttpClient _http;

    private PrometheusServer(NativeHost host, int port) =>
        (_host, _http) = (host, new() { BaseAddress = new($"http://127.0.0.1:{port}/api/v1/") });

    public static Task<PrometheusServer> StartAsync(params ScrapeTarget[] targets) => StartWithAsync(MonitoringFiles.Rules, targets);

    /// <param name="rules">The path of a file of rules.</param>
    /// <param name="targets">What is scraped.</param>
    public static async Task<PrometheusServer> StartWithAsync(string rules, params ScrapeTarget[] targets)
    {
        var program = Programs.Require(Programs.Prometheus);
        var (directory, port) = (Leftovers.NewDirectory(), FreePort.Take());
        var configuration = Path.Combine(directory, "prometheus.yml");
        await File.WriteAllTextAsync(configuration,
            $"""
            global: {"{"}scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s{"}"}
            rule_files: ["{rules}"]
            scrape_configs:
            {string.Concat(targets.Select(target => target.Configuration))}
            """);
        var command = new Command(program, $"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(directory, "data")}",
            $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn");
        var server = new PrometheusServer(new NativeHost(directory, [], command), port);
        try
        {
            await server._host.StartAsync();
            await Eventually.UntilAsync(
                async () => (await server._http.GetAsync(new Uri("/-/ready", UriKind.Relative)))
                    .IsSuccessStatusCode, StartBound, "Prometheus is ready");
        }
        catch (Exception exception)
        {
            var log = await server._host.LogTailAsync();
            await server.DisposeAsync();
            throw new InvalidOperationException($"Prometheus did not start. Its log ends:\n{log}", exception);
        }

        return server;
    }

    /// <summary>Every name of a metric that it has a series of.</summary>
    public async Task<IReadOnlySet<string>> NamesAsync() =>
        (await GetAsync("label/__name__/values")).EnumerateArray().Select(name => name.GetString()!).ToHashSet(StringComparer.Ordinal);

    /// <summary>The series of a selector, with their labels.</summary>
    public async Task<IReadOnlyList<JsonElement>> SeriesAsync(string selector) =>
        [.. (await GetAsync($"series?match[]={Uri.EscapeDataString(selector)}")).EnumerateArray()];

    /// <summary>The rules as it has loaded them.</summary>
    public async Task<IReadOnlyList<JsonElement>> RulesAsync() =>
        [.. (await GetAsync("rules")).GetProperty("groups").EnumerateArray()
            .SelectMany(group => group.GetProperty("rules").EnumerateArray())];

    /// <summary>Alerts that fire, or will if it stays so for the time that the rule asks for.</summary>
    public Task<IReadOnlyList<string>> AlertsAsync() => AlertsAsync("pending", "firing");

    /// <summary>Alerts in these states.</summary>
    public async Task<IReadOnlyList<string>> AlertsAsync(params string[] states) =>
        [.. (await GetAsync("alerts")).GetProperty("alerts").EnumerateArray()
            .Where(alert => states.Contains(alert.GetProperty("state").GetString(), StringComparer.Ordinal))
            .Select(alert => alert.GetProperty("labels").GetProperty("alertname").GetString()!)];

    /// <summary>Evaluates now.</summary>
    /// <exception cref="ArgumentException">The expression is wrong; the message is Prometheus' own.</exception>
    public async Task<IReadOnlyList<double>> QueryAsync(string expression) =>
        Values(await GetAsync($"query?query={Uri.EscapeDataString(expression)}"), "value");

    /// <summary>Evaluates every second of a time, as a panel does.</summary>
    /// <exception cref="ArgumentException">The expression is wrong; the message is Prometheus' own.</exception>
    public async Task<IReadOnlyList<double>> QueryAsync(string expression, DateTimeOffset from, DateTimeOffset to) =>
        Values(await GetAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"query_range?query={Uri.EscapeDataString(expression)}&start={from.ToUnixTimeSeconds()}&end={to.ToUnixTimeSeconds()}&step=1")),
            "values");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));
        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        return answer.GetProperty("status").GetString() == "success"
            ? answer.GetProperty("data")
            : throw new ArgumentException($"{path}: {answer.GetProperty("error").GetString()}", nameof(path));
    }

    // A scalar is [time, "value"]; a vector has one of those for each series, a matrix many.
    private static List<double> Values(JsonElement data, string member)
    {
        var result = data.GetProperty("result");
        var points = data.GetProperty("resultType").GetString() switch
        {
            "scalar" => [result],
            "vector" => result.EnumerateArray().Select(series => series.GetProperty(member)),
            _ => result.EnumerateArray().SelectMany(series => series.GetProperty(member).EnumerateArray()),
        };
        return [.. points.Select(
            point => double.Parse(
            point[1].GetString()!.Replace("Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture))];
    }
}
