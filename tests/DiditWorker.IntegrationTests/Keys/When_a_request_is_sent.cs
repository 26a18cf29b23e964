using System.Text;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using DiditWorker.Simulator;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.IntegrationTests.Keys;

public sealed class When_a_request_is_sent
{
    private const string Exchange = "DiditWorker.Contracts:StartVerification";

    [Test]
    public async Task It_is_published_as_any_client_would_with_everything_that_was_given()
    {
        await using var arena = await Arena.OpenAsync();
        await BindAsync(arena);
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);

        var run = await arena.OperateAsync("send", "--vendor-data", "user-1", "--message-id", "order-1", "--workflow-id", Arena.Workflow,
            "--callback", "https://app.example/done", "--callback-method", "both", "--language", "de", "--metadata", """{"order":4711}""");

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Notes);
        run.Text.ShouldContain("order-1");
        run.Text.ShouldContain(IdempotencyKey.Create("start-verification", "order-1").ToString());
        (run.Text + run.Notes).ShouldNotContain("user-1");
        var message = await arena.Broker.TakeAsync("inbox");
        Encoding.UTF8.GetString(message.Body.Span).ShouldBe(
            """{"vendorData":"user-1","workflowId":"11111111-2222-4333-8444-555555555555","callback":"https://app.example/done","callbackMethod":"both","language":"de","metadata":{"order":4711}}""");
        var properties = message.BasicProperties;
        (properties.MessageId, properties.ContentType, properties.Persistent).ShouldBe(("order-1", "application/json", true));
        DateTimeOffset.FromUnixTimeSeconds(properties.Timestamp.UnixTime).ShouldBeInRange(before.AddSeconds(-1), DateTimeOffset.UtcNow);
    }

    [Test]
    public async Task Without_an_id_each_is_a_new_request()
    {
        await using var arena = await Arena.OpenAsync();
        await BindAsync(arena);

        var ids = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            var json = (await arena.OperateAsync("send", "--vendor-data", "user-1", "--json")).Json;
            ids.Add(json.GetProperty("requestId").GetString()!);
            json.GetProperty("key").GetString().ShouldBe(IdempotencyKey.Create("start-verification", ids[i]).ToString());
            (await arena.Broker.TakeAsync("inbox")).BasicProperties.MessageId.ShouldBe(ids[i]);
            Guid.TryParseExact(ids[i], "D", out _).ShouldBeTrue();
        }

        ids[0].ShouldNotBe(ids[1]);
    }

    [Test]
    public async Task The_answer_can_be_waited_for_and_a_repeat_says_that_it_is_one()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();

        var first = await arena.OperateAsync("send", "--vendor-data", "user-1", "--message-id", "order-1", "--wait");
        var again = await arena.OperateAsync("send", "--vendor-data", "user-1", "--message-id", "order-1", "--wait", "--json");

        var session = arena.Didit.State.Sessions.Single();
        (first.ExitCode, again.ExitCode).ShouldBe((ExitCodes.Done, ExitCodes.Done), first.Notes + again.Notes);
        first.Text.ShouldContain(session.SessionId);
        first.Text.ShouldContain("Not Started");
        first.Text.ShouldContain("created");
        first.Text.ShouldContain("expires");
        again.Json.GetProperty("outcome").GetString().ShouldBe("replayed");
        again.Json.GetProperty("sessionId").GetString().ShouldBe(session.SessionId);
        again.Json.GetProperty("sessionNumber").GetInt64().ShouldBe(session.SessionNumber);
        again.Json.TryGetProperty("url", out _).ShouldBeFalse();
        (first.Text + first.Notes + again.Text + again.Notes).ShouldNotContain("verify.didit.me");
        (await arena.OperateAsync("dead-letters", "history")).ExitCode.ShouldBe(ExitCodes.NothingMatched);
    }

    [Test]
    public async Task The_url_is_shown_only_when_asked_for_and_leaves_an_audit_line()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();

        var run = await arena.OperateAsync("send", "--vendor-data", "user-1", "--message-id", "order-1", "--wait", "--show-url");

        run.Text.ShouldContain(arena.Didit.State.Sessions.Single().Url);
        run.Notes.ShouldNotContain("verify.didit.me");
        var history = await arena.OperateAsync("dead-letters", "history", "--json");
        history.Json.EnumerateArray().Single().GetProperty("command").GetString().ShouldBe("send --show-url");
        history.Text.ShouldNotContain("verify.didit.me");
    }

    [Test]
    public async Task Only_the_own_answer_counts()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        var others = arena.Broker.PublishBacklogAsync(0, 300);

        var run = await arena.OperateAsync("send", "--vendor-data", "user-1", "--message-id", "order-1", "--wait", "--json");

        await others;
        run.Json.GetProperty("sessionId").GetString().ShouldBe(arena.Didit.State.Sessions.Single(s => s.VendorData == "user-1").SessionId);
    }

    [Test]
    public async Task A_rejection_is_a_failure_with_its_code_and_reason()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 422 });

        var run = await arena.OperateAsync("send", "--vendor-data", "user-1", "--wait");

        run.ExitCode.ShouldBe(ExitCodes.SomeFailed);
        run.Text.ShouldContain("RefusedByDidit");
        run.Text.ShouldContain("422");
    }

    [Test]
    public async Task No_answer_in_time_says_what_to_look_at()
    {
        await using var arena = await Arena.OpenAsync();
        await BindAsync(arena);

        var run = await arena.OperateAsync("send", "--vendor-data", "user-1", "--message-id", "order-1", "--wait", "--timeout", "1s");

        run.ExitCode.ShouldBe(ExitCodes.SomeFailed);
        run.Notes.ShouldContain("No answer within 00:00:01");
        run.Notes.ShouldContain("  diditworker keys show order-1" + Environment.NewLine);
        run.Text.ShouldBeEmpty();
        (await arena.Broker.DepthAsync("inbox")).ShouldBe(1u);
    }

    [TestCase(new[] { "--vendor-data", " " }, "vendorData: must not be blank")]
    [TestCase(new[] { "--vendor-data", "u", "--workflow-id", "no" }, "workflowId: expected a UUID with hyphens")]
    [TestCase(new[] { "--vendor-data", "u", "--callback", "http://x" }, "callback: expected an absolute https")]
    [TestCase(new[] { "--vendor-data", "u", "--callback-method", "x" }, "callbackMethod: expected initiator")]
    [TestCase(new[] { "--vendor-data", "u", "--metadata", "[1]" }, "metadata: expected an object")]
    [TestCase(new[] { "--vendor-data", "u", "--metadata", "{secret" }, "--metadata: is no JSON")]
    [TestCase(new[] { "--vendor-data", "u", "--metadata", "" }, "--metadata: is no JSON")]
    [TestCase(new[] { "--vendor-data", "u", "--metadata", """{"diditworker_key":"x"}""" }, "is reserved for the worker")]
    [TestCase(new[] { "--vendor-data", "u", "--metadata", """{"a":1,"a":2}""" }, "twice")]
    [TestCase(new[] { "--vendor-data", "u", "--message-id", "" }, "--message-id: expected 1 to 255 bytes")]
    [TestCase(new[] { "--vendor-data", "u", "--wait", "--timeout", "soon" }, "--timeout soon: expected a time such as 90s")]
    [TestCase(new[] { "--vendor-data", "u", "--wait", "--timeout", "0s" }, "expected a time such as 90s")]
    [TestCase(new[] { "--vendor-data", "u", "--timeout", "5s" }, "--timeout is about the answer: it needs --wait")]
    [TestCase(new[] { "--vendor-data", "u", "--show-url" }, "--show-url is about the answer: it needs --wait")]
    [TestCase(new string[0], "--vendor-data")]
    public async Task Wrong_input_is_wrong_usage_and_nothing_is_published(string[] args, string says)
    {
        await using var arena = await Arena.OpenAsync();
        await BindAsync(arena);

        var run = await arena.OperateAsync(["send", .. args]);

        run.ExitCode.ShouldBe(ExitCodes.WrongUsage);
        run.Notes.ShouldContain(says);
        run.Notes.ShouldNotContain("secret");
        (await arena.Broker.DepthAsync("inbox")).ShouldBe(0u);
    }

    [TestCase("2m")]
    [TestCase("24h")]
    public async Task Times_may_be_given_in_minutes_and_hours(string timeout)
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();

        (await arena.OperateAsync("send", "--vendor-data", "user-1", "--wait", "--timeout", timeout)).ExitCode.ShouldBe(ExitCodes.Done);
    }

    // The arena's publisher has declared the exchange.
    [TestCase(true)]
    [TestCase(false)]
    public async Task Where_no_worker_ever_was_it_says_so_and_declares_nothing(bool exchange)
    {
        await using var arena = await Arena.OpenAsync();
        await using var connection = await new ConnectionFactory { Uri = new(arena.ConnectionString) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        if (!exchange)
        {
            await channel.ExchangeDeleteAsync(Exchange);
        }

        var run = await arena.OperateAsync("send", "--vendor-data", "user-1", "--wait");

        run.ExitCode.ShouldBe(ExitCodes.SomeFailed);
        run.Notes.ShouldContain("no worker has been started on this broker yet");
    }

    [Test]
    public async Task Without_a_broker_it_is_unreachable()
    {
        await using var arena = await Arena.OpenAsync();
        arena.Settings["ConnectionStrings:RabbitMq"] = $"amqp://guest:guest@127.0.0.1:{FreePort.Take()}/";

        var run = await arena.OperateAsync("send", "--vendor-data", "user-1");

        run.ExitCode.ShouldBe(ExitCodes.Unreachable);
        run.Notes.ShouldContain("ConnectionStrings:RabbitMq");
    }

    [Test]
    public async Task Every_option_is_in_the_help()
    {
        await using var arena = await Arena.OpenAsync();

        var help = await arena.OperateAsync("send", "--help");

        foreach (var option in (
            string[])["--vendor-data", "--message-id", "--workflow-id", "--callback", "--callback-method", "--language", "--metadata",
            "--wait",
            "--timeout", "--show-url", "--json"])
        {
            help.Text.ShouldContain(option);
        }

        (await arena.OperateAsync("--help")).Text.ShouldContain("send");
    }

    // A queue where a worker's would be.
    private static async Task BindAsync(Arena arena)
    {
        await using var connection = await new ConnectionFactory { Uri = new(arena.ConnectionString) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("inbox", durable: true, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync("inbox", Exchange, "");
    }
}
