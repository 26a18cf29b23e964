using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Terminal;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.IntegrationTests.Keys.Adopting;

namespace DiditWorker.IntegrationTests.Keys;

/// <summary>A message is parked as AmbiguousSession, a person has looked, and none of the candidates is its own.</summary>
public sealed class When_sessions_are_excluded
{
    [Test]
    public async Task A_replay_passes_them_over_and_creates_its_own()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        var (one, other) = await ParkAsync(arena);

        var dry = await ExcludeAsync(arena, one.SessionId, other.SessionId);
        dry.ExitCode.ShouldBe(ExitCodes.Done, dry.Notes);
        dry.Text.ShouldStartWith($"Would exclude 2 sessions of request id {Id}");
        (await PlannedAsync(arena)).ShouldBe("park");

        var done = await ExcludeAsync(arena, one.SessionId, other.SessionId, "--yes");
        done.ExitCode.ShouldBe(ExitCodes.Done, done.Notes);
        done.Text.ShouldContain($"  diditworker dead-letters replay {Id} --yes");
        (await PlannedAsync(arena)).ShouldBe("create-after-look-up");

        var replayed = await arena.OperateAsync(
            "dead-letters", "replay", Id, "--yes", "--wait", "--allow-expired", "--reason", "looked at");
        replayed.Text.Trim().ShouldBe("1 replayed, 1 created", replayed.ToString());
        arena.Broker.Created.Single().Text("sessionId").ShouldNotBeOneOf(one.SessionId, other.SessionId);
        arena.Didit.State.Duplicates().PerKey.ShouldBeEmpty();
    }

    [Test]
    public async Task Those_of_several_times_add_up_and_stand_in_record_and_audit()
    {
        await using var arena = await Arena.OpenAsync();
        var (one, other) = await ParkAsync(arena);

        await ExcludeAsync(arena, one.SessionId, "--yes");
        (await PlannedAsync(arena)).ShouldBe("park", "the other one may still be its own");
        await ExcludeAsync(arena, other.SessionId, one.SessionId, "--yes");

        var shown = (await arena.OperateAsync("keys", "show", Id, "--json")).Json;
        shown.GetProperty("excluded").EnumerateArray().Select(id => id.GetString()).ShouldBe(
            [one.SessionId, other.SessionId], ignoreOrder: true);
        (await arena.OperateAsync("keys", "show", Id)).Text.ShouldContain($"not its session          {one.SessionId}");
        (await arena.OperateAsync("dead-letters", "history", "--json")).Json.EnumerateArray()
            .Select(line => line.GetProperty("outcome").GetString())
            .ShouldBe(["begun", "excluded; 1 in all", "begun", "excluded; 2 in all"]);
    }

    [Test]
    public async Task An_answered_request_has_nothing_to_exclude()
    {
        await using var arena = await Arena.OpenAsync();
        var (one, _) = await ParkAsync(arena);
        await AdoptAsync(arena, 1, Id, one.SessionId, "--reason", "it is its own", "--yes");

        var run = await ExcludeAsync(arena, one.SessionId, "--yes");

        run.ExitCode.ShouldBe(ExitCodes.SomeFailed);
        run.Notes.ShouldContain($"is answered with session {one.SessionId}, which it cannot do without");
    }

    private static async Task<string?> PlannedAsync(Arena arena)
    {
        await Eventually.UntilAsync(
            async () => await arena.Broker.DepthAsync("start-verification_error") == 1, TimeSpan.FromSeconds(30), "it can be read");
        return (await arena.OperateAsync("dead-letters", "plan", "--look-up", "--json")).Json.GetProperty("outcomes")[0]
            .GetProperty("outcome").GetString();
    }

    private static Task<CommandRun> ExcludeAsync(Arena arena, params string[] sessions) =>
        arena.OperateAsync(["keys", "exclude", Id, .. sessions, "--reason", "the support made them"]);
}
