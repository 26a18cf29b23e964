using System.Text.Json;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.IntegrationTests.Keys.Adopting;

namespace DiditWorker.IntegrationTests.Keys;

/// <summary>Didit, the record or the message speaks against the session that a person has chosen; a reason overrules some of it.</summary>
public sealed class When_an_adoption_is_refused
{
    [Test]
    public async Task A_session_that_didit_does_not_know_is_refused()
    {
        await using var arena = await Arena.OpenAsync();

        (await RefusedAsync(arena, Guid.NewGuid().ToString())).ShouldContain("Didit does not know session");
    }

    [TestCase(200, """{"status":"Approved","workflow_id":"11111111-2222-4333-8444-555555555555"}""", "does not say the URL")]
    [TestCase(200, """{"session_id":"another","url":"https://verify.example/s"}""", "another session than it was asked for")]
    [TestCase(503, "{}", "Didit did not answer")]
    public async Task What_didit_says_is_checked(int status, string body, string why)
    {
        await using var arena = await Arena.OpenAsync();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Decision, Kind = FaultKind.Status, Status = status, Body = body });

        (await RefusedAsync(arena, arena.Didit.State.Seed(Session()).SessionId, "--reason", "I insist")).ShouldContain(why);
    }

    [Test]
    public async Task A_session_with_the_key_of_another_message_needs_a_reason()
    {
        await using var arena = await Arena.OpenAsync();
        var other = arena.Didit.State.Seed(
            Session() with { Metadata = JsonSerializer.SerializeToElement(new { diditworker_key = "of-another" }) });

        (await RefusedAsync(arena, other.SessionId)).ShouldContain("another key, of-another");
        var run = await arena.OperateAsync("keys", "adopt", Id, other.SessionId, "--reason", "that message was a mistake", "--yes");

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Notes);
        run.Notes.ShouldContain("Warning: its metadata carries another key");
        run.Notes.ShouldContain("could not be checked: the message is not in the error queue");
    }

    [Test]
    public async Task A_session_of_another_person_is_refused_whatever_the_reason()
    {
        await using var arena = await Arena.OpenAsync();
        await ParkAsync(arena);
        var theirs = arena.Didit.State.Seed(Session() with { VendorData = "user-2" });

        var run = await AdoptAsync(arena, 1, Id, theirs.SessionId, "--reason", "I insist", "--yes");

        run.ExitCode.ShouldBe(ExitCodes.SomeFailed);
        run.Notes.ShouldContain("belongs to another person");
        (run.Notes + run.Text).ShouldNotContain("user-");
    }

    [Test]
    public async Task A_session_of_another_workflow_needs_a_reason()
    {
        await using var arena = await Arena.OpenAsync();
        await ParkAsync(arena);
        var other = arena.Didit.State.Seed(Session() with { WorkflowId = "99999999-2222-4333-8444-555555555555" });

        var without = await AdoptAsync(arena, 1, Id, other.SessionId, "--yes");
        var with = await AdoptAsync(arena, 1, Id, other.SessionId, "--reason", "the workflow was replaced", "--yes");

        (without.ExitCode, with.ExitCode).ShouldBe((ExitCodes.SomeFailed, ExitCodes.Done));
        without.Notes.ShouldContain("of another workflow");
    }

    [Test]
    public async Task A_refused_record_needs_a_reason()
    {
        await using var arena = await Arena.OpenAsync();
        var session = arena.Didit.State.Seed(Session());
        await arena.PutAsync(Id, Operating.Record('R', Asked, payload: "\"no\""));

        var without = await arena.OperateAsync("keys", "adopt", Id, session.SessionId, "--yes");
        without.ExitCode.ShouldBe(ExitCodes.SomeFailed);
        without.Notes.ShouldContain("--reason");
        IdempotencyRecord.Parse((await arena.StoredAsync(Id))!).State.ShouldBe(RecordState.Refused);

        (await arena.OperateAsync("keys", "adopt", Id, session.SessionId, "--reason", "made by hand", "--yes"))
            .ExitCode.ShouldBe(ExitCodes.Done);
        IdempotencyRecord.Parse((await arena.StoredAsync(Id))!).ShouldSatisfyAllConditions(
            record => record.State.ShouldBe(RecordState.Completed), record =>
            DiditSession.FromPayload(record.Payload).Id.ShouldBe(session.SessionId));
    }

    [Test]
    public async Task It_is_refused_while_a_delivery_is_worked_on()
    {
        await using var arena = await Arena.OpenAsync();
        var record = Operating.Record('P', Asked, DateTimeOffset.UtcNow.AddMinutes(10));
        await arena.PutAsync(Id, record);

        var run = await arena.OperateAsync(
            "keys", "adopt", Id, arena.Didit.State.Seed(Session()).SessionId, "--reason", "impatience", "--yes");

        run.ExitCode.ShouldBe(ExitCodes.SomeFailed);
        run.Notes.ShouldContain("is being worked on until");
        (await arena.StoredAsync(Id)).ShouldBe(record);
    }

    [TestCase("../../v3/session")]
    [TestCase("")]
    public async Task What_cannot_be_a_session_is_wrong_usage(string session)
    {
        await using var arena = await Arena.OpenAsync();

        var run = await arena.OperateAsync("keys", "adopt", Id, session, "--yes");

        run.ExitCode.ShouldBe(ExitCodes.WrongUsage);
        run.Notes.ShouldContain("expected the id of a session");
        arena.Didit.State.Requests.ShouldBeEmpty();
    }

    // An ambiguous record, and a session that must not be adopted.
    private static async Task<string> RefusedAsync(Arena arena, string sessionId, params string[] more)
    {
        var record = Operating.Record('P', Asked);
        await arena.PutAsync(Id, record);

        var run = await arena.OperateAsync(["keys", "adopt", Id, sessionId, "--yes", .. more]);

        run.ExitCode.ShouldBe(ExitCodes.SomeFailed);
        (await arena.StoredAsync(Id)).ShouldBe(record);
        return run.Notes;
    }
}
