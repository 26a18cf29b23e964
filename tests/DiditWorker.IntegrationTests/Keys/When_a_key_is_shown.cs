using System.Text.Json;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Keys;

public sealed class When_a_key_is_shown
{
    private const string Id = "order-1";
    private const string Payload = """{"vendor_data":"user-1"}""";
    private static readonly string Fingerprint = DiditWorker.Protocol.Fingerprint.Of(JsonElement.Parse(Payload));

    [Test]
    public async Task A_completed_one_names_its_session_but_neither_its_url_nor_the_person()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.Broker.PublishRawAsync(Id, """{"vendorData":"secret-person-1"}""");
        await arena.Broker.UntilAnswersAsync(1);
        var session = arena.Didit.State.Sessions.Single();
        var requests = arena.Didit.State.Requests.Count;

        foreach (var format in (string[][])[[], ["--json"]])
        {
            var run = await arena.OperateAsync(["keys", "show", Id, .. format]);

            run.ExitCode.ShouldBe(ExitCodes.Done, run.Notes);
            run.Text.ShouldContain(session.SessionId);
            run.Text.ShouldContain("completed");
            run.Text.ShouldContain("get the stored answer again, without a request to Didit");
            (run.Text + run.Notes).ShouldNotContain("verify.didit.me");
            (run.Text + run.Notes).ShouldNotContain(session.SessionToken);
            (run.Text + run.Notes).ShouldNotContain("secret-person-1");
        }

        arena.Didit.State.Requests.Count.ShouldBe(requests, "to look at a record is no request to Didit");
    }

    [Test]
    public async Task Json_has_every_field()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.PutAsync(Id, Operating.Record('C', Fingerprint, payload: "=s-1|7|=https://verify.example/s/1|R|=w|8df4a2277412000"));

        var json = (await arena.OperateAsync("keys", "show", Id, "--json")).Json;

        json.GetProperty("takenFor").GetString().ShouldBe("request-id");
        json.GetProperty("requestId").GetString().ShouldBe(Id);
        json.GetProperty("key").GetString().ShouldBe(IdempotencyKey.Create("start-verification", Id).ToString());
        var record = json.GetProperty("record");
        record.EnumerateObject().Select(member => member.Name).ShouldBe(
        [
            "state", "meaning", "nextDelivery", "nextDeliveryWould", "owner", "firstAttempt", "lastAttempt", "attempts", "counted",
            "maximumAttempts", "windowEnds", "ttlSeconds", "fingerprint", "sessionId", "sessionNumber", "sessionStatus",
        ]);
        record.GetProperty("state").GetString().ShouldBe("completed");
        record.GetProperty("nextDelivery").GetString().ShouldBe("answer-from-record");
        record.GetProperty("owner").GetString().ShouldBe("owner-a-16-chars");
        (record.GetProperty("attempts").GetInt32(), record.GetProperty("maximumAttempts").GetInt32()).ShouldBe((1, 10));
        (record.GetProperty("windowEnds").GetDateTimeOffset() - record.GetProperty("firstAttempt").GetDateTimeOffset())
            .ShouldBe(TimeSpan.FromHours(24) - TimeSpan.FromMinutes(5));
        record.GetProperty("ttlSeconds").GetInt64().ShouldBeInRange(19 * 3600, 20 * 3600);
        (record.GetProperty("sessionId").GetString(), record.GetProperty("sessionNumber").GetInt64(), record.GetProperty("sessionStatus")
            .GetString()).ShouldBe(("s-1", 7, "In Review"));
    }

    [Test]
    public async Task One_that_fails_again_and_again_says_how_often_with_what_and_until_when()
    {
        await using var arena = await Arena.OpenAsync();
        var (last, next) = (DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(4));
        var note = new AttemptNote(81, "create answered 500", last, next);
        await arena.PutAsync(Id, Operating.Record('P', Fingerprint, attempts: 3, payload: note.ToText()));

        var run = await arena.OperateAsync("keys", "show", Id);
        var record = (await arena.OperateAsync("keys", "show", Id, "--json")).Json.GetProperty("record");

        run.Text.ShouldMatch(
            $"held by worker owner-a-16.?, attempt 81, last: create answered 500 at {last:HH:mm:ss}Z, next in [34] minutes");
        run.Text.ShouldContain("81; 3 of 10 count against it");
        run.Text.ShouldContain($"create answered 500, at {last:yyyy-MM-dd HH:mm:ss}Z");
        run.Text.ShouldContain($"not before {next:yyyy-MM-dd HH:mm:ss}Z");
        (record.GetProperty("attempts").GetInt32(), record.GetProperty("counted").GetInt32(), record.GetProperty("lastError").GetString())
            .ShouldBe((81, 3, "create answered 500"));
        (record.GetProperty("nextTry").GetDateTimeOffset() - record.GetProperty("lastErrorAt").GetDateTimeOffset())
            .ShouldBe(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1));
    }

    [Test]
    public async Task One_that_is_worked_on_says_by_whom_and_until_when()
    {
        await using var arena = await Arena.OpenAsync();
        var until = DateTimeOffset.UtcNow.AddMinutes(10);
        await arena.PutAsync(Id, Operating.Record('P', Fingerprint, until, attempts: 3));

        var run = await arena.OperateAsync("keys", "show", Id);

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Notes);
        run.Text.ShouldContain("in progress: held by worker owner-a-16");
        run.Text.ShouldContain($"take over if it is not done by {until:HH:mm:ss}Z");
        run.Text.ShouldContain($"until {until:yyyy-MM-dd HH:mm:ss}Z");
        run.Text.ShouldContain("owner-a-16-chars");
        run.Text.ShouldContain("3 of 10");
        run.Text.ShouldContain(Fingerprint);
    }

    [TestCase(true, "over since")]
    [TestCase(false, "given back")]
    public async Task An_ambiguous_one_says_that_a_look_up_comes_first_and_that_is_what_the_worker_does(bool crashed, string lease)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.PutAsync(Id, Operating.Record('P', Fingerprint, crashed ? DateTimeOffset.UtcNow.AddMinutes(-1) : null));

        var run = await arena.OperateAsync("keys", "show", Id);

        run.Text.ShouldContain("ambiguous");
        run.Text.ShouldContain(lease);
        run.Text.ShouldContain("look at Didit for its session first");
        await arena.StartWorkerAsync();
        await arena.Broker.PublishRawAsync(Id, """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(1);
        arena.Didit.State.Requests.Select(r => r.Operation).First().ShouldBe(DiditOperation.List);
    }

    [Test]
    public async Task One_that_failed_too_often_says_that_it_would_be_parked()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.PutAsync(Id, Operating.Record('P', Fingerprint, attempts: 10));

        (await arena.OperateAsync("keys", "show", Id)).Text.ShouldContain("be parked: it failed too often");
    }

    [Test]
    public async Task With_look_ups_outside_the_window_only_it_says_that_the_key_is_trusted()
    {
        await using var arena = await Arena.OpenAsync();
        arena.Settings["Didit:LookupBeforeResend"] = "OutsideWindow";
        await arena.PutAsync(Id, Operating.Record('P', Fingerprint));

        (await arena.OperateAsync("keys", "show", Id)).Text.ShouldContain("be sent to Didit again under the same key");
    }

    [Test]
    public async Task A_refused_one_has_didits_words()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.PutAsync(Id, Operating.Record('R', Fingerprint, payload: "\"400: workflow_id: unknown\""));

        var run = await arena.OperateAsync("keys", "show", Id);

        run.Text.ShouldContain("Didit has refused it for good");
        run.Text.ShouldContain("400: workflow_id: unknown");
        run.Text.ShouldContain("be rejected again");
    }

    [Test]
    public async Task A_uuid_is_a_request_id_if_that_has_a_record_else_the_key_and_the_output_says_which()
    {
        const string uuid = "0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11";
        await using var arena = await Arena.OpenAsync();
        var asKey = arena.RedisKey(Id).Replace(IdempotencyKey.Create("start-verification", Id).ToString(), uuid, StringComparison.Ordinal);
        await arena.OnRedisAsync(
            redis => redis.StringSetAsync(asKey, Operating.Record('P', Fingerprint, attempts: 4), TimeSpan.FromHours(1)));

        var onlyKey = await arena.OperateAsync("keys", "show", uuid.ToUpperInvariant());
        await arena.PutAsync(uuid, Operating.Record('P', Fingerprint, attempts: 5));
        var both = await arena.OperateAsync("keys", "show", uuid.ToUpperInvariant());
        var forced = await arena.OperateAsync("keys", "show", uuid.ToUpperInvariant(), "--key");

        (onlyKey.Text.Contains("a key", StringComparison.Ordinal), onlyKey.Text.Contains("4 of 10", StringComparison.Ordinal))
            .ShouldBe((true, true));
        (both.Text.Contains($"the request id {uuid}", StringComparison.Ordinal), both.Text.Contains("5 of 10", StringComparison.Ordinal))
            .ShouldBe((true, true));
        (forced.Text.Contains("a key", StringComparison.Ordinal), forced.Text.Contains("4 of 10", StringComparison.Ordinal))
            .ShouldBe((true, true));
    }

    [Test]
    public async Task An_id_that_begins_with_an_at_sign_names_no_file()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.PutAsync("@order", Operating.Record('P', Fingerprint));

        (await arena.OperateAsync("keys", "show", "@order")).ExitCode.ShouldBe(ExitCodes.Done);
    }
}
