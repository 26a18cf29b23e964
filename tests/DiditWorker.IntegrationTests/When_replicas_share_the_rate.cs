using System.Diagnostics;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>
/// Three replicas as processes, rolled one by one while a backlog waits, against a Didit that counts like the real one: in a sliding
/// window of 60 seconds, and no more than the rate that the workers are told.
/// </summary>
public sealed class When_replicas_share_the_rate
{
    private const int Replicas = 3;
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan CreateDelay = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Outage = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    // Beside other tests a worker gets too little of the processor to send in time; what is lost then is not the rate's doing.
    [Category("Long")]
    [TestCase(1200, 1, 1500, 0.97)]
    [TestCase(300, 4, 1600, 0.97)]
    [TestCase(300, 60, 18_100, 0.97)]
    public async Task They_use_what_is_allowed_and_no_more_while_they_are_rolled(int perMinute, int minutes, int messages, double atLeast)
    {
        await using var arena = await Arena.OpenAsync(didit: new() { RequestsPerMinute = perMinute });
        arena.Settings["Didit:RequestsPerMinute"] = $"{perMinute}";
        var workers = Enumerable.Range(0, Replicas).Select(_ => WorkerProcess.Start(arena.Settings)).ToArray();
        try
        {
            await Task.WhenAll(workers.Select(worker => worker.UntilReadyAsync()));
            await arena.Broker.PublishBacklogAsync(0, messages);
            await UntilCreatesAsync(arena, Replicas);
            var begun = TimeProvider.System.GetUtcNow();
            await RollAsync(arena, workers, begun, TimeSpan.FromMinutes(minutes));
            ShouldHaveUsedTheRate(arena, begun, minutes, perMinute, atLeast);
            await arena.Broker.UntilAnswersAsync(messages, (int)Bound.TotalSeconds);
        }
        finally
        {
            foreach (var worker in workers)
            {
                await worker.DisposeAsync();
            }
        }

        arena.Didit.State.Sessions.Count.ShouldBe(messages);
        Creates(arena).Count(create => create.Status == 429).ShouldBe(0);
    }

    [Category("Long")]
    [Test]
    public async Task They_use_all_of_it_again_soon_after_an_outage()
    {
        const int perMinute = 300;
        await using var arena = await Arena.OpenAsync(didit: new() { RequestsPerMinute = perMinute, CreateDelay = CreateDelay });
        arena.Settings["Didit:RequestsPerMinute"] = $"{perMinute}";
        var workers = Enumerable.Range(0, Replicas).Select(_ => WorkerProcess.Start(arena.Settings)).ToArray();
        try
        {
            await Task.WhenAll(workers.Select(worker => worker.UntilReadyAsync()));
            await arena.Broker.PublishBacklogAsync(0, 1_500);
            await UntilCreatesAsync(arena, perMinute / 2);
            foreach (var operation in (DiditOperation[])[DiditOperation.Create, DiditOperation.List])
            {
                arena.Didit.State.AddFault(new() { Operation = operation, Kind = FaultKind.Status, Status = 503, Count = 100_000 });
            }

            var end = TimeProvider.System.GetUtcNow() + Outage;
            await Eventually.UntilAsync(() => Task.FromResult(TimeProvider.System.GetUtcNow() >= end), Outage + Bound, "the outage ends");
            arena.Didit.State.ClearFaults();
            await UntilAsync(arena, end + Bound);

            var after = Creates(arena).Where(create => create.Status == 201 && create.At >= end).Select(create => create.At - end).ToList();
            var full = after.First(from => after.Count(at => at >= from && at < from + Look) >= 0.95 * perMinute * Look.TotalMinutes);
            await TestContext.Out.WriteLineAsync(
                $"after an outage of {Outage.TotalSeconds} s: the first session after {after[0].TotalSeconds:0.0} s, "
                + $"the full rate from {full.TotalSeconds:0.0} s on");
            full.ShouldBeLessThan(TimeSpan.FromMinutes(1));
        }
        finally
        {
            foreach (var worker in workers)
            {
                await worker.DisposeAsync();
            }
        }
    }

    // As an orchestrator does it: one ends, then its successor starts. They are spread over the time that is measured.
    private static async Task RollAsync(Arena arena, WorkerProcess[] workers, DateTimeOffset begun, TimeSpan duration)
    {
        for (var i = 0; i < Replicas; i++)
        {
            await UntilAsync(arena, begun + (duration * i / Replicas));
            var stopping = Stopwatch.StartNew();
            (await workers[i].TerminateAsync()).ShouldBe(0);
            var stopped = stopping.Elapsed;
            await workers[i].DisposeAsync();
            workers[i] = WorkerProcess.Start(arena.Settings);
            await workers[i].UntilReadyAsync();
            await TestContext.Progress.WriteLineAsync(
                $"replica {i}: ended after {stopped.TotalSeconds:0.0} s, its successor ready after {stopping.Elapsed.TotalSeconds:0.0} s");
        }

        await UntilAsync(arena, begun + duration);
    }

    private static void ShouldHaveUsedTheRate(Arena arena, DateTimeOffset begun, int minutes, int perMinute, double atLeast)
    {
        var creates = Creates(arena).Where(create => create.At >= begun && create.At < begun.AddMinutes(minutes)).ToList();
        var used = creates.Count / (double)(minutes * perMinute);
        var gaps = creates.Zip(creates.Skip(1), (one, next) => (next.At - one.At).TotalMilliseconds).OrderDescending().Take(10);
        TestContext.Out.WriteLine(
            $"{creates.Count} creates in {minutes} min, {creates.Count(create => create.Status == 429)} answered 429: "
            + $"{used:P1} of the rate used; the longest gaps between two: {string.Join(' ', gaps.Select(gap => $"{gap:0}"))} ms");
        used.ShouldBeGreaterThanOrEqualTo(atLeast);
    }

    private static List<LoggedRequest> Creates(Arena arena) =>
        [.. arena.Didit.State.Requests.Where(request => request.Operation == DiditOperation.Create).OrderBy(request => request.At)];

    private static Task UntilCreatesAsync(Arena arena, int count) =>
        Eventually.UntilAsync(() => Task.FromResult(Creates(arena).Count >= count), Bound, $"{count} creates");

    // The backlog must outlast it: a rate that nobody wants is not used.
    private static Task UntilAsync(Arena arena, DateTimeOffset moment) =>
        Eventually.UntilAsync(
            () => Task.FromResult(TimeProvider.System.GetUtcNow() >= moment && Creates(arena)[^1].At >= moment),
            moment - TimeProvider.System.GetUtcNow() + Bound, $"a create after {moment:T}");
}
