using System.Diagnostics;
using System.Globalization;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>
/// A long outage with a long queue: 5xx, then resets, the worker ended by SIGTERM and by kill -9 meanwhile. The last worker runs with the
/// default times, so that what is seen of its resumption is what an operator sees.
/// </summary>
public sealed class When_100000_messages_wait_for_didit
{
    private const int Messages = 100_000;
    private const int Few = 100;
    private const int Probes = 5;

    // The runtime keeps this on any machine; 65,000 messages taken into memory cost more.
    private const int MostMegabytes = 64;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Memory_is_bounded_nothing_is_parked_and_work_resumes_on_a_ramp()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Any, Kind = FaultKind.Status, Status = 503 });
        arena.Settings[WorkerProcess.HeapLimit] = WorkerProcess.HeapLimitOf(MostMegabytes);
        await using (var first = WorkerProcess.Start(arena.Settings))
        {
            await first.UntilReadyAsync();
            await arena.Broker.PublishBacklogAsync(0, Few);
            await first.UntilDiditSaysAsync("circuit_open");
            await UntilProbedAsync(arena, times: 2);
            var publishing = Stopwatch.StartNew();
            await arena.Broker.PublishBacklogAsync(Few, Messages);
            await PrintAsync($"{Messages} were published in {publishing.Elapsed.TotalSeconds:0.0} s");
            await ShouldGoOnAsync(arena, first);
            (await first.TerminateAsync()).ShouldBe(0);
        }

        await Eventually.UntilAsync(
            async () => await arena.Broker.DepthAsync(TestBroker.Queue) == Messages, Bound, "all are in the queue after SIGTERM");
        arena.Didit.State.ClearFaults();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Any, Kind = FaultKind.ResetBeforeCreate });
        await using (var second = WorkerProcess.Start(arena.Settings))
        {
            await ShouldGoOnAsync(arena, second);
            await second.KillAsync();
        }

        await Eventually.UntilAsync(
            async () => await arena.Broker.DepthAsync(TestBroker.Queue) == Messages, Bound, "all are in the queue after kill -9");
        arena.Settings.Remove("Didit:BreakDuration");
        arena.Settings.Remove("Didit:LookupDelay");
        await using var third = WorkerProcess.Start(arena.Settings);
        await third.UntilDiditSaysAsync("circuit_open");
        arena.Broker.Answers.ShouldBeEmpty();
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
        await ShouldResumeOnARampAsync(arena);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
        await third.KillAsync();
    }

    private static async Task ShouldGoOnAsync(Arena arena, WorkerProcess worker)
    {
        await worker.UntilDiditSaysAsync("circuit_open");
        await UntilProbedAsync(arena, times: 2 * Probes);
        worker.HasExited.ShouldBeFalse($"its heap may take {MostMegabytes} MiB");
    }

    private static async Task UntilProbedAsync(Arena arena, int times)
    {
        var seen = arena.Didit.State.Requests.Count;
        await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Requests.Count >= seen + times), Bound, "the circuit probes");
    }

    private static async Task ShouldResumeOnARampAsync(Arena arena)
    {
        const int watched = 200;

        // The worst moment for a recovery: a probe has just failed.
        await UntilProbedAsync(arena, times: 1);
        arena.Didit.State.Configure(settings => settings with { CreateDelay = TimeSpan.FromMilliseconds(200) });
        arena.Didit.State.ClearRequests();
        arena.Didit.State.ClearFaults();
        var recovered = Stopwatch.StartNew();
        await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Sessions.Count > 0), Bound, "the first session");
        var resumed = recovered.Elapsed;
        await PrintAsync($"the first session was made {resumed.TotalSeconds:0.0} s after Didit's recovery");
        resumed.ShouldBeLessThan(TimeSpan.FromSeconds(10));

        await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Sessions.Count >= watched), Bound, $"{watched} sessions");
        var creates = arena.Didit.State.Requests.Where(r => r.Operation == DiditOperation.Create && r.Fault is null).OrderBy(r => r.At)
            .Take(watched).ToList();
        var inFlight = creates.ConvertAll(c => creates.Count(o => o.At <= c.At && !(o.Ended < c.At)));
        await PrintAsync($"creates in flight as each arrived: {string.Join(' ', inFlight)}");

        // Each success lets one more go at a time, from 2 on, so the n-th create finds no more than n/2 + 2 under way; all 32 places are
        // used in the end.
        for (var i = 0; i < creates.Count; i++)
        {
            var answered = creates.Count(o => o.Ended < creates[i].At);
            inFlight[i].ShouldBeLessThanOrEqualTo(2 + answered);
        }

        inFlight.Max().ShouldBeGreaterThan(8);
        arena.Didit.State.Duplicates().PerVendorData.ShouldBeEmpty();
    }

    private static Task PrintAsync(FormattableString line) =>
        TestContext.Progress.WriteLineAsync(line.ToString(CultureInfo.InvariantCulture));
}
