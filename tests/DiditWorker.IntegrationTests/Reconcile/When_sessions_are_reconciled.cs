using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Terminal;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.IntegrationTests.Reconcile.ReconciledWorld;

namespace DiditWorker.IntegrationTests.Reconcile;

/// <summary>Didit's list against the records, on a live account: the proof that no request has two sessions.</summary>
public sealed class When_sessions_are_reconciled
{
    private const int Answered = 250;
    private const string Businesses = "22222222-2222-4333-8444-555555555555";

    [TestCase(true)]
    [TestCase(false)]
    public async Task It_finds_exactly_what_differs(bool listReturnsMetadata)
    {
        await using var arena = await Arena.OpenAsync(
            didit: new() { ListReturnsMetadata = listReturnsMetadata, BusinessWorkflows = Businesses });
        await using var world = new ReconciledWorld(arena);
        var answered = await world.AnswerAsync(Answered, first: Businesses);
        string[] second =
            [.. Enumerable.Range(0, 3).Select(i => world.Session(Key(i), workflow: i == 0 ? Businesses : Arena.Workflow).SessionId)];
        string[] orphans = [.. Enumerable.Range(0, 5).Select(i => world.Session(Key(10_000 + i)).SessionId)];
        var keyless = world.Session(key: null).SessionId;
        world.Session(key: null, workflow: OtherWorkflow);
        foreach (var session in answered.TakeLast(7))
        {
            await world.DeleteAsync(session);
        }

        var run = await arena.OperateAsync("reconcile", "--json");

        run.ExitCode.ShouldBe(ExitCodes.SomeFailed, run.Notes);
        Of(run, "second-session").ShouldBe(second, ignoreOrder: true);
        Of(run, "orphan").ShouldBe(orphans, ignoreOrder: true);
        Of(run, "missing").ShouldBe(answered.TakeLast(7).Select(session => session.SessionId), ignoreOrder: true);
        Of(run, "without-key").ShouldBe([keyless]);
        run.Json.GetProperty("sessions").GetInt32().ShouldBe(Answered - 7 + 3 + 5 + 1 + 1);
        run.Json.GetProperty("answered").GetInt32().ShouldBe(Answered - 7);
        run.Json.GetProperty("discrepancies").EnumerateArray().First(one => one.GetProperty("kind").GetString() == "second-session")
            .GetProperty("answer").GetString().ShouldBeOneOf([.. answered.Select(session => session.SessionId)]);
    }

    [Test]
    public async Task Nothing_differs_where_the_promise_holds()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""")));
        await arena.Broker.UntilAnswersAsync(20);

        var run = await arena.OperateAsync("reconcile", "--since", "1h", "--until", "0s");

        run.ExitCode.ShouldBe(ExitCodes.Done, run.ToString());
        run.Text.ShouldContain("Didit lists 20, records name 20 of them.");
        run.Text.ShouldEndWith($"No key has two sessions.{Environment.NewLine}");
        run.Notes.ShouldNotContain("Note:");
    }

    [Test]
    public async Task What_a_person_has_excluded_is_no_second_session()
    {
        await using var arena = await Arena.OpenAsync();
        await using var world = new ReconciledWorld(arena);
        var excluded = world.Session(Key(1)).SessionId;
        await arena.OperateAsync("keys", "exclude", "order-1", excluded, "--reason", "the support made it", "--yes");
        await world.AnswerAsync(2);

        var run = await arena.OperateAsync("reconcile");

        run.ExitCode.ShouldBe(ExitCodes.Done, run.ToString());
        run.Notes.ShouldContain("Note: Sessions that a person has excluded (keys exclude): 1");
    }

    [Test]
    public async Task A_record_that_cannot_be_read_says_nothing_of_a_session()
    {
        await using var arena = await Arena.OpenAsync();
        await using var world = new ReconciledWorld(arena);
        await arena.PutAsync("order-1", Operating.Record('C', "1.fingerprint", payload: "damaged"));
        world.Session(Key(1));

        var run = await arena.OperateAsync("reconcile", "--json");

        run.ExitCode.ShouldBe(ExitCodes.Done, run.ToString());
        run.Json.GetProperty("unreadable").GetInt32().ShouldBe(1);
        run.Json.GetProperty("discrepancies").GetArrayLength().ShouldBe(0);
    }

    [Test]
    public async Task Sessions_from_before_the_records_are_no_orphans()
    {
        await using var arena = await Arena.OpenAsync();
        await using var world = new ReconciledWorld(arena);
        world.Session(Key(1));
        await arena.OperateAsync("keys", "horizon", "--something-was-lost", "--reason", "the test", "--yes");

        var run = await arena.OperateAsync("reconcile", "--json");

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Notes);
        run.Json.GetProperty("beforeRecords").GetInt32().ShouldBe(1);
        run.Json.GetProperty("orphans").GetInt32().ShouldBe(0);
        run.Notes.ShouldContain("from before the records begin, so that it is not known whether they were answered: 1");
    }

    [Test]
    public async Task Two_sessions_of_a_key_without_a_record_are_found_too()
    {
        await using var arena = await Arena.OpenAsync();
        await using var world = new ReconciledWorld(arena);
        string[] both = [world.Session(Key(1)).SessionId, world.Session(Key(1)).SessionId];

        var run = await arena.OperateAsync("reconcile", "--json");

        run.ExitCode.ShouldBe(ExitCodes.SomeFailed);
        Of(run, "second-session").Single().ShouldBeOneOf(both);
    }

    [Test]
    public async Task An_unfinished_session_near_its_end_is_told()
    {
        await using var arena = await Arena.OpenAsync();
        arena.Settings["Didit:SessionLifetime"] = "06:10:00";
        await using var world = new ReconciledWorld(arena);
        await world.AnswerAsync(1);

        var run = await arena.OperateAsync("reconcile");

        run.ExitCode.ShouldBe(ExitCodes.Done);
        run.Text.ShouldContain("near its end  ");
    }

    [TestCase(401, ExitCodes.NoRight, "Didit refuses the key for it")]
    [TestCase(500, ExitCodes.Unreachable, "Didit did not answer")]
    public async Task Didits_silence_is_no_finding(int status, int exitCode, string said)
    {
        await using var arena = await Arena.OpenAsync();
        arena.Didit.State.AddFault(new() { Operation = Simulator.DiditOperation.List, Kind = Simulator.FaultKind.Status, Status = status });

        var run = await arena.OperateAsync("reconcile");

        run.ExitCode.ShouldBe(exitCode, run.ToString());
        run.Notes.ShouldContain(said);
        (await arena.OnRedisAsync(redis => redis.KeyExistsAsync(arena.KeyPrefix + "{reconciliation}"))).ShouldBeFalse();
    }

    [Test]
    public async Task An_account_without_business_verification_has_no_such_sessions()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { BusinessListStatus = 403 });
        await using var world = new ReconciledWorld(arena);
        await world.AnswerAsync(3);

        var run = await arena.OperateAsync("reconcile");

        run.ExitCode.ShouldBe(ExitCodes.Done, run.ToString());
        run.Notes.ShouldContain("Note: Didit refuses the list of business sessions (403), so it is taken that there are none.");
    }

    private static IEnumerable<string?> Of(CommandRun run, string kind) => run.Json.GetProperty("discrepancies").EnumerateArray()
        .Where(one => one.GetProperty("kind").GetString() == kind).Select(one => one.GetProperty("session").GetString());
}
