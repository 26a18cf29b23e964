using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Urgency;

/// <summary>Three replicas that learn the rate, and a Didit that counts in a sliding window of 60 seconds.</summary>
[Category("Long")]
public sealed class When_didit_changes_its_limit
{
    private const int Replicas = 3;
    private const int Batch = 2000;
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(4);
    private static readonly int[] Limits = [300, 120, 300];
    private static readonly TimeSpan Phase = TimeSpan.FromMinutes(2);

    [Test]
    public async Task They_keep_to_it_with_one_429_at_most_and_use_it()
    {
        await using var arena = await Arena.OpenAsync(
            didit: new() { RequestsPerMinute = 300, CreateDelay = TimeSpan.FromMilliseconds(300) });
        arena.Settings["Didit:RequestsPerMinute"] = "Auto";
        var workers = Enumerable.Range(0, Replicas).Select(_ => WorkerProcess.Start(arena.Settings)).ToArray();
        try
        {
            await Task.WhenAll(workers.Select(worker => worker.UntilReadyAsync()));
            await arena.Broker.PublishBacklogAsync(0, Batch);
            await arena.Broker.UntilAnswersAsync(25, (int)Bound.TotalSeconds);
            foreach (var limit in Limits)
            {
                await MeasureAsync(arena, limit);
            }
        }
        finally
        {
            foreach (var worker in workers)
            {
                await worker.DisposeAsync();
            }
        }
    }

    private static async Task MeasureAsync(Arena arena, int limit)
    {
        arena.Didit.State.Configure(settings => settings with { RequestsPerMinute = limit });
        var begun = TimeProvider.System.GetUtcNow();
        await Eventually.UntilAsync(() => Task.FromResult(Creates(arena)[^1].At >= begun + Phase), Bound, $"{Phase} at {limit} a minute");
        var creates = Creates(arena).Where(create => create.At >= begun && create.At < begun + Phase).ToList();
        var throttled = creates.Count(create => create.Status == 429);

        // As long as the window holds more than the new limit Didit takes none, whatever anybody does.
        var refused = creates.FindIndex(create => create.Status == 429);
        var from = creates.Skip(refused + 1).First(create => create.Status != 429).At;
        var used = creates.Count(create => create.Status != 429 && create.At >= from)
            / (limit * (begun + Phase - from).TotalMinutes);
        await TestContext.Out.WriteLineAsync(
            $"{limit} a minute: {creates.Count} creates, {throttled} times 429, none taken for {(from - begun).TotalSeconds:0.0} s, "
            + $"then {used:P1} of the limit used");
        throttled.ShouldBeLessThanOrEqualTo(1);
        used.ShouldBeGreaterThanOrEqualTo(0.95);
    }

    private static List<LoggedRequest> Creates(Arena arena) =>
        [.. arena.Didit.State.Requests.Where(request => request.Operation == DiditOperation.Create).OrderBy(request => request.At)];
}
