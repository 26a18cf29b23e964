using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Terminal;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.IntegrationTests.Reconcile.ReconciledWorld;

namespace DiditWorker.IntegrationTests.Reconcile;

/// <summary>Second sessions cost money, and one of them may be taken by a person.</summary>
public sealed class When_surplus_sessions_are_deleted
{
    [Test]
    public async Task Only_unfinished_ones_go_whose_key_is_answered_with_another()
    {
        await using var arena = await Arena.OpenAsync();
        await using var world = new ReconciledWorld(arena);
        var answered = await world.AnswerAsync(10);
        var (unfinished, finished) = (world.Session(Key(1)), world.Session(Key(2), "Approved"));
        string[] unanswered = [world.Session(Key(100)).SessionId, world.Session(Key(100)).SessionId];
        string[] delete = ["reconcile", "--delete-surplus", "--reason", "found by the daily run"];

        var dry = await arena.OperateAsync(delete);
        dry.ExitCode.ShouldBe(ExitCodes.SomeFailed, dry.ToString());
        dry.Notes.ShouldContain("Would delete 1 of 3 second sessions. Nothing was changed: add --yes.");
        Ids(arena).Count.ShouldBe(14);

        var run = await arena.OperateAsync([.. delete, "--yes"]);

        run.ExitCode.ShouldBe(ExitCodes.SomeFailed, "two are left");
        run.Notes.ShouldContain($"session {unfinished.SessionId} of key {Key(1)}: deleted");
        Ids(arena).ShouldBe([.. answered.Select(session => session.SessionId), finished.SessionId, .. unanswered], ignoreOrder: true);
        (await arena.OperateAsync("dead-letters", "history", "--json")).Json.EnumerateArray()
            .Select(line => line.GetProperty("outcome").GetString()).ShouldBe(["begun", "1 deleted"]);
    }

    [Test]
    public async Task One_that_a_person_takes_meanwhile_is_kept()
    {
        await using var arena = await Arena.OpenAsync();
        await using var world = new ReconciledWorld(arena);
        await world.AnswerAsync(1);
        var surplus = world.Session(Key(0));

        // The decision, which is read right before, says so; the list was older.
        arena.Didit.State.AddFault(new()
        {
            Operation = Simulator.DiditOperation.Decision, Kind = Simulator.FaultKind.Status, Status = 200, Skip = 1,
            Body = $$$"""{"session_id":"{{{surplus.SessionId}}}","status":"In Review","metadata":{"diditworker_key":"{{{Key(0)}}}"}}""",
        });

        var run = await arena.OperateAsync("reconcile", "--delete-surplus", "--reason", "the test", "--yes");

        run.Notes.ShouldContain("kept, it is In Review now");
        Ids(arena).ShouldContain(surplus.SessionId);
    }

    [Test]
    public async Task All_deleted_is_a_good_end()
    {
        await using var arena = await Arena.OpenAsync();
        await using var world = new ReconciledWorld(arena);
        await world.AnswerAsync(1);
        world.Session(Key(0));

        var run = await arena.OperateAsync("reconcile", "--delete-surplus", "--reason", "the test", "--yes");

        run.ExitCode.ShouldBe(ExitCodes.Done, run.ToString());
        (await arena.OperateAsync("reconcile")).Text.ShouldContain("No key has two sessions.");
    }

    private static List<string> Ids(Arena arena) =>
        [.. arena.Didit.State.Sessions.Where(session => !session.Deleted).Select(session => session.SessionId)];
}
