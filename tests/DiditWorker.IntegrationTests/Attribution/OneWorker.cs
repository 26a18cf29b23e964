using System.Text.RegularExpressions;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Attribution;

/// <summary>
/// A worker process with the pauses and time-outs that are the default, and a Didit that hands no session out twice unless told so.
/// </summary>
internal sealed partial class OneWorker : IAsyncDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private OneWorker(Arena arena, WorkerProcess process) => (Arena, Process) = (arena, process);

    public Arena Arena { get; }

    public WorkerProcess Process { get; }

    public TestBroker Broker => Arena.Broker;

    public SimulatorState Didit => Arena.Didit.State;

    public static async Task<OneWorker> StartAsync(
        SimulatorSettings? didit = null, int maximumAttempts = 10, int lookUpsPerMinute = 600_000, bool reuse = false)
    {
        var arena = await Arena.OpenAsync(didit: (didit ?? new()) with { ReuseByVendorData = reuse });
        arena.Settings.Remove("Didit:RefusedPause");
        arena.Settings.Remove("Didit:BreakDuration");
        arena.Settings.Remove("Didit:AttemptTimeout");
        arena.Settings["Idempotency:MaximumAttempts"] = $"{maximumAttempts}";
        arena.Settings["Didit:LookupsPerMinute"] = $"{lookUpsPerMinute}";
        var worker = new OneWorker(arena, WorkerProcess.Start(arena.Settings));
        await worker.Process.UntilReadyAsync();
        return worker;
    }

    /// <summary>Each for another person: <c>name-0</c>, <c>name-1</c> …</summary>
    public Task PublishAsync(string name, int count, DateTimeOffset? published = null) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i =>
            Broker.PublishRawAsync($"{name}-{i}", $$"""{"vendorData":"{{name}}-{{i}}"}""", published)));

    /// <summary>Waits until health says that nothing is sent, and why; no message is rejected meanwhile.</summary>
    /// <param name="why">A regular expression that what it says of Didit matches.</param>
    public async Task UntilPausedAsync(string why)
    {
        await Eventually.UntilAsync(
            async () => Broker.Rejected.Any() || (await Process.DiditAsync() is var said
                && said.Contains("paused", StringComparison.Ordinal)
                && Regex.IsMatch(said, why, RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1))),
            TimeSpan.FromSeconds(10),
            $"/health/ready says of Didit: paused, {why}");
        Broker.Rejected.Count().ShouldBe(0, "rejected messages");
    }

    /// <summary>One session and one answer for each of so many messages; nothing parked, nothing refused.</summary>
    public async Task ShouldHaveCreatedAsync(int messages)
    {
        Broker.Rejected.ShouldBeEmpty();
        Broker.Created.Select(answer => answer.Text("requestId")).Distinct().Count().ShouldBe(messages);
        Didit.Duplicates().PerVendorData.ShouldBeEmpty();
        Didit.Sessions.Count.ShouldBe(messages);
        (await Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
        var records = await RecordsAsync();
        records.GetValueOrDefault('R').ShouldBe(0, "records of a refusal");
        records.GetValueOrDefault('C').ShouldBe(messages, "records of an answer");
    }

    /// <summary>How many records stand in Redis, by the letter of their state.</summary>
    public async Task<Dictionary<char, int>> RecordsAsync()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Arena.Redis.ConnectionString);
        var counts = new Dictionary<char, int>();
        var database = redis.GetDatabase();
        await foreach (var key in redis.GetServers()[0].KeysAsync(pattern: Arena.Settings["Idempotency:KeyPrefix"] + "*"))
        {
            var text = await database.KeyTypeAsync(key) == RedisType.String ? (string?)await database.StringGetAsync(key) : null;
            if (text is not null && Record().Match(text) is { Success: true } record)
            {
                var state = record.Groups["state"].Value[0];
                counts[state] = counts.GetValueOrDefault(state) + 1;
            }
        }

        return counts;
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await Arena.DisposeAsync();
    }

    [GeneratedRegex("^[0-9]+ (?<state>[A-Z]) ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Record();
}
