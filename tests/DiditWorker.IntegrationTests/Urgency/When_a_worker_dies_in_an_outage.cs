using DiditWorker.Contracts;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Urgency;

/// <summary>Didit makes a few sessions, tells of none, and is gone until all deadlines are over; a worker is killed meanwhile.</summary>
public sealed class When_a_worker_dies_in_an_outage
{
    private const int Made = 10;
    private const int Messages = 40;
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Nothing_is_created_each_is_answered_once_and_what_was_made_is_adopted()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        arena.LetLeasesEndSoon();

        // So that creates pause before all of them were tried.
        arena.Settings["Didit:RequestsPerMinute"] = "600";
        arena.Didit.State.AddFault(
            new() { Operation = DiditOperation.Create, Kind = FaultKind.StatusAfterCreate, Status = 504, Count = Made });
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Any, Kind = FaultKind.Status, Status = 503 });
        await using (var first = WorkerProcess.Start(arena.Settings))
        {
            await first.UntilReadyAsync();
            await PublishAsync(arena, "early");
            await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Sessions.Count == Made), Bound, "sessions are made");
            await first.KillAsync();
        }

        await using var second = WorkerProcess.Start(arena.Settings);
        await second.UntilReadyAsync();
        var deadline = await PublishAsync(arena, "late");

        // Of these nothing has reached Didit, or nobody could know: it is still gone.
        await arena.Broker.UntilAnswersAsync(1);
        arena.Broker.Rejected.ShouldAllBe(answer => answer.At >= deadline - Life);
        await Eventually.UntilAsync(() => Task.FromResult(DateTimeOffset.UtcNow > deadline), Bound, "all deadlines are over");
        arena.Didit.State.ClearFaults();
        await arena.Broker.UntilAnswersAsync(2 * Messages);
        await Eventually.UntilAsync(async () => await arena.Broker.DepthAsync(TestBroker.Queue) == 0, Bound, "the queue is empty");

        arena.Didit.State.Sessions.Count.ShouldBe(Made);
        arena.Broker.Created.Select(answer => answer.Text("sessionId")).ShouldBe(
            arena.Didit.State.Sessions.Select(session => session.SessionId), ignoreOrder: true);
        arena.Broker.Rejected.ShouldAllBe(answer => answer.Text("code") == RejectionCodes.Expired);
        arena.Broker.Answers.Select(answer => answer.Text("requestId")).Distinct().Count().ShouldBe(2 * Messages);
        arena.Broker.Answers.Count.ShouldBe(2 * Messages, "each is answered once");
        (await arena.Broker.DepthAsync(TestBroker.Queue + "_error")).ShouldBe(0u);
        arena.Didit.State.Requests.Where(request => request.Operation == DiditOperation.Create)
            .ShouldAllBe(create => create.At < deadline);
    }

    private static async Task<DateTimeOffset> PublishAsync(Arena arena, string name)
    {
        var deadline = DateTimeOffset.UtcNow + Life;
        await Task.WhenAll(Enumerable.Range(0, Messages).Select(i => arena.Broker.PublishRawAsync(
            $"{name}-{i}", $$"""{"vendorData":"{{name}}-{{i}}","notAfter":"{{deadline:O}}"}""")));
        return deadline;
    }
}
