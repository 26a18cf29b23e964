using System.Text.Json;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Keys;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using DiditWorker.Simulator;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.IntegrationTests.Keys.Adopting;

namespace DiditWorker.IntegrationTests.Keys;

/// <summary>A message is parked as AmbiguousSession, a person has chosen among its sessions, and says so.</summary>
public sealed class When_a_session_is_adopted
{
    [Test]
    public async Task It_is_dry_without_yes_then_it_is_the_answer_of_the_replayed_message()
    {
        await using var arena = await Arena.OpenAsync();
        var (chosen, _) = await ParkAsync(arena);
        var before = await arena.StoredAsync(Id);

        var dry = await AdoptAsync(arena, 1, Id, chosen.SessionId);
        dry.ExitCode.ShouldBe(ExitCodes.Done, dry.Notes);
        dry.Text.ShouldContain($"Would complete request id {Id}");
        (await arena.StoredAsync(Id)).ShouldBe(before);
        (await arena.OperateAsync("dead-letters", "history")).ExitCode.ShouldBe(ExitCodes.NothingMatched);

        var done = await AdoptAsync(arena, 1, Id, chosen.SessionId, "--reason", "the person named it", "--yes");

        done.ExitCode.ShouldBe(ExitCodes.Done, done.Notes);
        done.Text.ShouldContain($"completed with session {chosen.SessionId} (Approved)");
        done.Text.ShouldContain($"dead-letters replay {Id} --yes");
        (done.Text + done.Notes).ShouldNotContain("verify.didit.me");
        (done.Text + done.Notes).ShouldNotContain("user-1");
        var (was, now) = (IdempotencyRecord.Parse(before!), IdempotencyRecord.Parse((await arena.StoredAsync(Id))!));
        (now.State, now.FirstAttempt, now.Fingerprint).ShouldBe((RecordState.Completed, was.FirstAttempt, was.Fingerprint));
        var lines = (await arena.OperateAsync("dead-letters", "history", "--json")).Json.EnumerateArray().ToList();
        lines.Select(one => one.GetProperty("outcome").GetString()).ShouldBe(["begun", "completed; it was InProgress"]);
        var line = lines[^1];
        (line.GetProperty("command").GetString(), line.GetProperty("reason").GetString()).ShouldBe(("keys adopt", "the person named it"));
        line.GetProperty("selection").GetString()!.ShouldContain(chosen.SessionId);

        await ReplayAsync(arena, Request);
        arena.Broker.Created.Single().Text("sessionId").ShouldBe(chosen.SessionId);
        arena.Broker.Created.Single().Outcome.ShouldBe("replayed");
        arena.Broker.Created.Single().Text("url").ShouldBe(chosen.Url);
        arena.Didit.State.Requests.ShouldNotContain(r => r.Operation == DiditOperation.Create);
    }

    // The window of the message is over; what it is replayed for is in the record.
    [Test]
    public async Task The_command_that_it_prints_can_be_pasted()
    {
        await using var arena = await Arena.OpenAsync();
        var (chosen, _) = await ParkAsync(arena);
        var adopted = await AdoptAsync(arena, 1, Id, chosen.SessionId, "--yes");
        var command = adopted.Text.Split('\n').Single(line => line.StartsWith("  diditworker ", StringComparison.Ordinal));
        await Servers.Eventually.UntilAsync(
            async () => await arena.Broker.DepthAsync("start-verification_error") == 1, TimeSpan.FromSeconds(30), "it can be read again");

        var replayed = await arena.OperateAsync(command.Replace("\"", "", StringComparison.Ordinal).Trim().Split(' ')[1..]);

        replayed.ExitCode.ShouldBe(ExitCodes.Done, replayed.ToString());
        replayed.Text.Trim().ShouldBe("1 replayed, 1 answered from the record");
        replayed.Notes.ShouldContain("Audited: ");
        replayed.Notes.ShouldNotContain("reason:");
        arena.Broker.Created.Single().Text("sessionId").ShouldBe(chosen.SessionId);
    }

    [Test]
    public async Task Again_it_is_already_done_and_another_session_is_refused()
    {
        await using var arena = await Arena.OpenAsync();
        var (chosen, other) = await ParkAsync(arena);
        (await AdoptAsync(arena, 1, Id, chosen.SessionId, "--yes")).ExitCode.ShouldBe(ExitCodes.Done);
        var stored = await arena.StoredAsync(Id);

        var again = await AdoptAsync(arena, 1, Id, chosen.SessionId, "--yes");
        var another = await AdoptAsync(arena, 1, Id, other.SessionId, "--reason", "changed my mind", "--yes");

        (again.ExitCode, again.Text.StartsWith("Already", StringComparison.Ordinal)).ShouldBe((ExitCodes.Done, true));
        another.ExitCode.ShouldBe(ExitCodes.SomeFailed);
        another.Notes.ShouldContain($"completed with session {chosen.SessionId}");
        (await arena.StoredAsync(Id)).ShouldBe(stored);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task When_redis_has_lost_the_record_the_parked_message_says_what_was_asked_for(bool byKey)
    {
        await using var arena = await Arena.OpenAsync();
        var (chosen, _) = await ParkAsync(arena);
        (await arena.OnRedisAsync(redis => redis.KeyDeleteAsync(arena.RedisKey(Id)))).ShouldBeTrue();

        var run = await AdoptAsync(arena, 1, byKey ? Key.ToString() : Id, chosen.SessionId, "--yes");

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Notes);
        run.Text.ShouldContain($"request id {Id} (key {Key})");
        IdempotencyRecord.Parse((await arena.StoredAsync(Id))!).Fingerprint.ShouldBe(Asked);
        await ReplayAsync(arena, """{"vendorData":"somebody else"}""");
        arena.Broker.Rejected.Last().Text("code").ShouldBe("PayloadMismatch");
        await ReplayAsync(arena, Request);
        arena.Broker.Created.Single().Text("sessionId").ShouldBe(chosen.SessionId);
    }

    [Test]
    public async Task With_neither_record_nor_message_it_is_not_known_what_was_asked_for()
    {
        await using var arena = await Arena.OpenAsync();
        var session = arena.Didit.State.Seed(Session());

        var run = await arena.OperateAsync("keys", "adopt", Id, session.SessionId, "--yes");

        run.ExitCode.ShouldBe(ExitCodes.NothingMatched);
        run.Notes.ShouldContain("dead-letters import");
        run.Notes.ShouldContain("A replay looks at Didit for its session first, and adopts it");
        (await arena.StoredAsync(Id)).ShouldBeNull();
    }

    [Test]
    public async Task Of_two_payloads_without_a_record_none_is_guessed()
    {
        await using var arena = await Arena.OpenAsync();
        var (chosen, _) = await ParkAsync(arena);
        await arena.Broker.PublishRawAsync(Id, """{"vendorData":"user-2"}""", LongAgo);
        await arena.Broker.UntilAnswersAsync(2);
        (await AdoptAsync(arena, 2, Id, chosen.SessionId)).ExitCode.ShouldBe(ExitCodes.Done, "the record says which came first");
        await arena.OnRedisAsync(redis => redis.KeyDeleteAsync(arena.RedisKey(Id)));

        var run = await AdoptAsync(arena, 2, Id, chosen.SessionId, "--yes");

        run.ExitCode.ShouldBe(ExitCodes.SomeFailed);
        run.Notes.ShouldContain("2 different payloads");
        (await arena.StoredAsync(Id)).ShouldBeNull();
    }

    [Test]
    public async Task A_session_of_the_own_key_needs_none()
    {
        await using var arena = await Arena.OpenAsync();
        var own = arena.Didit.State.Seed(
            Session() with { Metadata = JsonSerializer.SerializeToElement(new { diditworker_key = Key.ToString() }) });
        await arena.PutAsync(Id, Operating.Record('P', Asked));

        (await arena.OperateAsync("keys", "adopt", Key.ToString(), own.SessionId, "--key", "--yes")).ExitCode.ShouldBe(ExitCodes.Done);
    }

    [TestCase('P')]
    [TestCase('R')]
    public async Task A_delivery_that_comes_between_the_look_and_the_writing_wins(char state)
    {
        await using var arena = await Arena.OpenAsync();
        var session = arena.Didit.State.Seed(Session());
        await arena.PutAsync(Id, Operating.Record(state, Asked, payload: state == 'R' ? "\"no\"" : ""));
        await arena.WithServicesAsync(async (services, broker) =>
        {
            var adoption = services.GetRequiredService<KeyAdoption>();
            var found = await services.GetRequiredService<KeyFinder>().FindAsync(Id);
            var prepared = await adoption.PrepareAsync(broker, found, session.SessionId, "because", default);
            var theirs = Operating.Record('P', Asked, DateTimeOffset.UtcNow.AddMinutes(10), attempts: 2);
            await arena.PutAsync(Id, theirs);

            (await Should.ThrowAsync<CommandException>(() => adoption.ApplyAsync(prepared))).Message.ShouldContain("meanwhile");

            (await arena.StoredAsync(Id)).ShouldBe(theirs);
        });
    }

    private static async Task ReplayAsync(Arena arena, string body)
    {
        var before = arena.Broker.Answers.Count;
        await arena.Broker.PublishBytesAsync(Id, System.Text.Encoding.UTF8.GetBytes(body), "application/json", LongAgo,
            new(StringComparer.Ordinal) { ["DiditWorker-Replay-Count"] = 1 });
        await arena.Broker.UntilAnswersAsync(before + 1);
    }
}
