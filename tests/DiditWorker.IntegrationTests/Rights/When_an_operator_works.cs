using System.Net;
using System.Net.Http.Json;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;
using static DiditWorker.IntegrationTests.Rights.RightsTest;

namespace DiditWorker.IntegrationTests.Rights;

/// <summary>
/// With exactly what deploy/rabbitmq and deploy/redis give the operator's user, and each command with its row of the table there.
/// </summary>
public sealed class When_an_operator_works
{
    private const string Answers = "DiditWorker.Contracts:VerificationSession(Created|Rejected)";

    [Test]
    public async Task Every_command_does_its_work()
    {
        await ParkAsync("operated");
        using var folder = new TemporaryFolder();
        await DoneAsync("dead-letters", "list");
        await DoneAsync("dead-letters", "show", "operated");
        await DoneAsync("dead-letters", "plan", "--out", folder.File("plan"));
        await DoneAsync("dead-letters", "export", folder.File("export"));
        await DoneAsync(
            "dead-letters", "discard", "--id", "operated", "--archive", folder.File("archive"), "--reason", "the test", "--yes");
        await DoneAsync("dead-letters", "import", folder.File("archive"), "--yes");

        // Parked again, since nothing has been mended: the command says so by its exit code.
        (await World.OperateAsync("dead-letters", "replay", "--id", "operated", "--reason", "the test", "--wait", "--yes"))
            .ExitCode.ShouldBe(1);
        await DoneAsync("send", "--vendor-data", "user-operated", "--message-id", "operated-2", "--wait");
        await DoneAsync("keys", "show", "operated-2");
        var session = (await World.Didit.SessionsAsync()).Single(s => s.VendorData == "user-operated").SessionId;
        await MakeAmbiguousAsync("operated-2");
        await DoneAsync("keys", "adopt", "operated-2", session, "--reason", "the test", "--yes");
        await DoneAsync("pause", "--reason", "the test", "--for", "1h");
        await DoneAsync("resume");
        await DoneAsync("reconcile");
        await DoneAsync("keys", "exclude", "operated-3", session, "--reason", "the test", "--yes");
        await DoneAsync("keys", "release", "operated-2", "--reason", "the test", "--yes");
        await DoneAsync("keys", "horizon");
        await DoneAsync("keys", "horizon", "--nothing-was-lost", "--reason", "the test", "--yes");
        var history = await DoneAsync("dead-letters", "history");
        history.Text.ShouldContain("keys adopt");
    }

    [TestCase("", "", ErrorQueue + "|" + SkippedQueue, "dead-letters list")]
    [TestCase("", "", ErrorQueue + "|" + SkippedQueue, "dead-letters show ID")]
    [TestCase("", "", ErrorQueue + "|" + SkippedQueue, "dead-letters plan")]
    [TestCase("", "", ErrorQueue + "|" + SkippedQueue, "dead-letters export FILE")]
    [TestCase("", "", ErrorQueue + "|" + SkippedQueue, "dead-letters discard --id ID --archive FILE --reason r --yes")]
    [TestCase("amq\\.gen-.*", "amq\\.(default|gen-.*)", ErrorQueue + "|" + SkippedQueue + "|amq\\.gen-.*|"
        + Answers, "dead-letters replay --id ID --reason r --yes")]
    [TestCase("", "amq\\.default", ErrorQueue + "|" + SkippedQueue, "dead-letters import ARCHIVE --yes")]
    [TestCase("", Inbox, "", "send --vendor-data x")]
    [TestCase("amq\\.gen-.*", Inbox + "|amq\\.gen-.*", "amq\\.gen-.*|" + Answers, "send --vendor-data x --wait")]
    [TestCase("", "", "", "dead-letters history")]
    public async Task A_command_needs_no_more_at_the_broker_than_its_row_of_the_table(
        string configure, string write, string read, string command)
    {
        var id = "row-" + Guid.NewGuid();
        await ParkAsync(id);
        using var folder = new TemporaryFolder();
        if (command.Contains("ARCHIVE", StringComparison.Ordinal))
        {
            await DoneAsync("dead-letters", "discard", "--id", id, "--archive", folder.File("archive"), "--reason", "r", "--yes");
        }

        await PermitAsync(configure, write, read);
        var arguments = command.Replace("ID", id, StringComparison.Ordinal)
            .Replace("ARCHIVE", folder.File("archive"), StringComparison.Ordinal)
            .Replace("FILE", folder.File("file"), StringComparison.Ordinal).Split(' ');
        var run = await AsRowAsync(arguments);

        // A replay of what cannot succeed ends with 1, and says that it was replayed.
        run.ExitCode.ShouldBe(command.Contains("replay", StringComparison.Ordinal) ? 1 : 0, run.ToString());
        run.ToString().ShouldNotContain("refused");
    }

    [TestCase("", "", SkippedQueue, "dead-letters list")]
    [TestCase("amq\\.gen-.*", "amq\\.gen-.*", ErrorQueue + "|" + SkippedQueue + "|amq\\.gen-.*|"
        + Answers, "dead-letters replay --reason r --yes")]
    [TestCase("", "", "", "send --vendor-data x")]
    public async Task With_less_it_says_what_the_broker_refuses(string configure, string write, string read, string command)
    {
        await ParkAsync("less-" + Guid.NewGuid());
        await PermitAsync(configure, write, read);

        var run = await AsRowAsync(command.Split(' '));

        run.ExitCode.ShouldBe(77, run.ToString());
        run.Notes.ShouldContain("refused");
    }

    [Test]
    public async Task He_can_neither_delete_nor_take_from_the_workers_queue()
    {
        foreach (var queue in (string[])[Queue, ErrorQueue, SkippedQueue, "verification-answers"])
        {
            await RefusedAsync("operator", channel => channel.QueueDeleteAsync(queue));
        }

        await RefusedAsync("operator", channel => channel.QueuePurgeAsync(Queue));
        await RefusedAsync("operator", channel => channel.BasicGetAsync(Queue, autoAck: false));
        await RefusedAsync("operator", channel => channel.ExchangeDeleteAsync(Inbox));
        await RefusedAsync("operator", channel => channel.QueueUnbindAsync(Queue, Queue, ""));
    }

    [Test]
    public async Task The_publisher_can_publish_requests_and_read_answers_and_nothing_else()
    {
        await RefusedAsync("publisher", channel => channel.BasicGetAsync(Queue, autoAck: false));
        await RefusedAsync("publisher", channel => channel.BasicGetAsync(ErrorQueue, autoAck: false));
        await RefusedAsync("publisher", channel => channel.BasicPublishAsync("", Queue, "{}"u8.ToArray()).AsTask());
        await RefusedAsync("publisher", channel => channel.BasicPublishAsync(Created, "", "{}"u8.ToArray()).AsTask());
        await RefusedAsync("publisher", channel => channel.QueueDeleteAsync("verification-answers"));
        await RefusedAsync("publisher", channel => channel.QueueDeclareAsync(""));
    }

    [Test]
    public async Task The_monitor_sees_and_touches_nothing()
    {
        using var management = World.Management("monitor");
        (await management.GetAsync(new Uri($"api/queues/{LeastRights.VirtualHost}/{ErrorQueue}", UriKind.Relative)))
            .StatusCode.ShouldBe(HttpStatusCode.OK);
        using var get = JsonContent.Create(new { count = 1, ackmode = "ack_requeue_true", encoding = "auto" });
        (await management.PostAsync(new Uri($"api/queues/{LeastRights.VirtualHost}/{ErrorQueue}/get", UriKind.Relative), get))
            .IsSuccessStatusCode.ShouldBeFalse();
        (await management.DeleteAsync(new Uri($"api/queues/{LeastRights.VirtualHost}/{ErrorQueue}/contents", UriKind.Relative)))
            .IsSuccessStatusCode.ShouldBeFalse();
        await RefusedAsync("monitor", channel => channel.BasicGetAsync(ErrorQueue, autoAck: false));
        if (World.RabbitMq.IsAtLeast(4, 3))
        {
            // Before, a look over AMQP needed no right on the queue.
            await RefusedAsync("monitor", channel => channel.QueueDeclarePassiveAsync(ErrorQueue));
        }

        await using var redis = await World.RedisAsync("monitor");
        (await redis.GetServers()[0].InfoAsync()).ShouldNotBeEmpty();
        await RefusedByRedisAsync("monitor", "GET", "didit:x");
        await RefusedByRedisAsync("monitor", "KEYS", "*");
    }

    [TestCase("FLUSHALL")]
    [TestCase("KEYS", "*")]
    [TestCase("GET", "other:1")]
    [TestCase("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")]
    [TestCase("LSET", "didit:{audit}", "0", "x")]
    [TestCase("LPOP", "didit:{audit}")]
    [TestCase("SHUTDOWN", "NOSAVE")]
    public Task Redis_refuses_the_operator(string command, params object[] arguments) =>
        RefusedByRedisAsync("operator", command, arguments);

    // One policy applies to a queue: the one of the highest priority.
    [Test]
    public async Task A_policy_for_every_queue_takes_nothing_of_what_is_parked()
    {
        using var management = World.RabbitMq.ManagementClient();
        using var ttl =
            JsonContent.Create(
                new
                {
                    pattern = ".*",
                    definition = new Dictionary<string, object>(StringComparer.Ordinal) { ["message-ttl"] = 1 },
                    priority = 5
                });
        using var queue = JsonContent.Create(new { durable = true });
        using var message =
            JsonContent.Create(new { properties = new { }, routing_key = "probe", payload = "x", payload_encoding = "string" });
        await ParkAsync("kept");
        (await management.PutAsync(new Uri($"api/policies/{LeastRights.VirtualHost}/everything", UriKind.Relative), ttl))
            .EnsureSuccessStatusCode();
        try
        {
            (await management.PutAsync(new Uri($"api/queues/{LeastRights.VirtualHost}/probe", UriKind.Relative), queue))
                .EnsureSuccessStatusCode();
            (await management.PostAsync(new Uri($"api/exchanges/{LeastRights.VirtualHost}/amq.default/publish", UriKind.Relative), message))
                .EnsureSuccessStatusCode();
            await UntilDepthAsync("probe", 0);
            (await World.OperateAsync("dead-letters", "list", "--id", "kept")).ExitCode.ShouldBe(0);
        }
        finally
        {
            await management.DeleteAsync(new Uri($"api/policies/{LeastRights.VirtualHost}/everything", UriKind.Relative));
            await management.DeleteAsync(new Uri($"api/queues/{LeastRights.VirtualHost}/probe", UriKind.Relative));
        }
    }

    private static async Task<CommandRun> DoneAsync(params string[] command)
    {
        var run = await World.OperateAsync(command);
        run.ExitCode.ShouldBe(0, string.Join(' ', command) + ": " + run);
        return run;
    }

    // As a worker that was killed leaves it.
    private static async Task MakeAmbiguousAsync(string id)
    {
        await using var redis = await World.RedisAsync("admin");
        var name = $"didit:{{{Protocol.IdempotencyKey.Create("start-verification", id)}}}";
        var fingerprint = ((string)(await redis.GetDatabase().StringGetAsync(name))!).Split(' ')[2];
        await redis.GetDatabase().StringSetAsync(name, Operating.Record('P', fingerprint), TimeSpan.FromHours(20));
    }

    private static async Task ParkAsync(string id)
    {
        await PublishAsync(id, """{"vendorData":5}""");
        await Eventually.UntilAsync(
            async () => (await World.OperateAsync("dead-letters", "list", "--id", id)).ExitCode == 0, Bound, $"{id} is parked");
    }

    private static Task PermitAsync(string configure, string write, string read) =>
        World.AddUserAsync(Row, $"^({configure})$", $"^({write})$", $"^({read})$");

    private const string Row = "diditworker-row";

    private static Task<CommandRun> AsRowAsync(string[] command)
    {
        var settings = World.SettingsOf("operator");
        settings["ConnectionStrings:RabbitMq"] = World.AddressOf(Row, Row);
        return Operating.RunAsync([.. command, .. settings.Select(setting => $"--{setting.Key}={setting.Value}")]);
    }

    [OneTimeTearDown]
    public async Task RemoveRowAsync()
    {
        using var management = World.RabbitMq.ManagementClient();
        await management.DeleteAsync(new Uri("api/users/" + Row, UriKind.Relative));
    }
}
