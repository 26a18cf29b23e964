using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;
using static DiditWorker.IntegrationTests.Rights.RightsTest;

namespace DiditWorker.IntegrationTests.Rights;

/// <summary>With exactly what deploy/rabbitmq and deploy/redis give it.</summary>
public sealed class When_the_worker_may_do_little
{
    [OneTimeSetUp]
    public async Task EmptyAsync()
    {
        using var management = World.RabbitMq.ManagementClient();
        foreach (var queue in (string[])[ErrorQueue, SkippedQueue, "verification-answers"])
        {
            await management.DeleteAsync(new Uri($"api/queues/{LeastRights.VirtualHost}/{queue}/contents", UriKind.Relative));
        }

        await using var redis = await World.RedisAsync("admin");
        await redis.GetServers()[0].ExecuteAsync("ACL", "LOG", "RESET");
    }

    [Test, Order(1)]
    public async Task It_answers_parks_and_skips_and_nothing_is_refused()
    {
        await PublishAsync("rights-1", """{"vendorData":"user-1"}""");
        await PublishAsync("rights-2", """{"vendorData":5}""");
        await PublishAsync("rights-3", """{"messageType":["urn:message:Other:Type"],"message":{}}""", "application/vnd.masstransit+json");
        await PublishAsync("rights-4", new string(' ', 1024 * 1024));

        await UntilDepthAsync("verification-answers", 3);
        await UntilDepthAsync(ErrorQueue, 2);
        await UntilDepthAsync(SkippedQueue, 1);

        var (_, health) = await World.Worker.HealthAsync("ready");
        health.GetProperty("status").GetString().ShouldBe("Healthy", health.GetRawText());
        foreach (var refusal in (string[])["ACCESS_REFUSED", "NOPERM", "refused", "\"LogLevel\":\"Warning\",\"Category\":\"MassTransit"])
        {
            World.Worker.Output.ShouldNotContain(refusal, Case.Sensitive);
        }

        await using var redis = await World.RedisAsync("admin");
        (await redis.GetServers()[0].ExecuteAsync("ACL", "LOG")).Length.ShouldBe(0, "Redis has refused something");
    }

    [Test, Order(2)]
    public async Task The_publisher_takes_the_answers_from_its_queue()
    {
        var channel = await World.ChannelAsync("publisher");
        for (var i = 0; i < 3; i++)
        {
            BasicGetResult? answer = null;
            await Eventually.UntilAsync(
                async () => (answer = await channel.BasicGetAsync("verification-answers", autoAck: true)) is not null, Bound, "an answer");
            answer!.BasicProperties.MessageId.ShouldNotBeNull();
        }
    }

    // The broker refuses it, which disturbs nobody else.
    [Test, Order(3)]
    public async Task A_response_address_is_passed_over()
    {
        var id = Guid.NewGuid();
        var host = new Uri(World.RabbitMq.ConnectionString);
        await PublishAsync(id.ToString(), $$"""
            {"messageId":"{{id}}","requestId":"{{Guid.NewGuid()}}","messageType":["urn:message:{{Inbox}}"],"message":{"vendorData":"user-4"},
             "responseAddress":"rabbitmq://{{host.Host}}:{{host.Port}}/{{LeastRights.VirtualHost}}/somebody_bus?temporary=true"}
            """, "application/vnd.masstransit+json");

        await UntilDepthAsync("verification-answers", 1);
        await World.Worker.UntilOutputAsync("its response address cannot be used");
        await World.Worker.UntilOutputAsync($"{id} {Protocol.IdempotencyKey.Create("start-verification", id.ToString())}: created");
        var channel = await World.ChannelAsync("publisher");
        (await channel.BasicGetAsync("verification-answers", autoAck: true)).ShouldNotBeNull();
    }

    [Test, Order(4)]
    public async Task It_can_delete_nothing_and_purge_nothing_that_is_parked()
    {
        foreach (var queue in (string[])[Queue, ErrorQueue, SkippedQueue, "verification-answers"])
        {
            await RefusedAsync("worker", channel => channel.QueueDeleteAsync(queue));
            await RefusedAsync("worker", channel => channel.ExchangeDeleteAsync(queue == Queue ? Inbox : Created));
        }

        foreach (var queue in (string[])[ErrorQueue, SkippedQueue, "verification-answers"])
        {
            await RefusedAsync("worker", channel => channel.QueuePurgeAsync(queue));
            await RefusedAsync("worker", channel => channel.BasicGetAsync(queue, autoAck: true));
        }

        await UntilDepthAsync(ErrorQueue, 2);
    }

    // A limit of RabbitMQ: read on a queue is consuming and purging it, and who may consume can acknowledge anyway.
    [Test, Order(5)]
    public async Task The_broker_cannot_keep_it_from_purging_the_queue_that_it_consumes()
    {
        var channel = await World.ChannelAsync("worker");
        (await channel.QueuePurgeAsync(Queue)).ShouldBe(0u);
    }

    [Test, Order(6)]
    public async Task It_can_neither_publish_requests_nor_declare_nor_bind()
    {
        await RefusedAsync("worker", channel => channel.BasicPublishAsync(Inbox, "", "{}"u8.ToArray()).AsTask());
        await RefusedAsync("worker", channel => channel.BasicPublishAsync("", Queue, "{}"u8.ToArray()).AsTask());
        await RefusedAsync("worker", channel => channel.QueueDeclareAsync("another", durable: true, exclusive: false, autoDelete: false));
        await RefusedAsync("worker", channel => channel.QueueDeclareAsync(""));
        await RefusedAsync("worker", channel => channel.ExchangeDeclareAsync("another", ExchangeType.Fanout));
        await RefusedAsync("worker", channel => channel.QueueUnbindAsync(Queue, Queue, ""));
        await RefusedAsync("worker", channel => channel.ExchangeUnbindAsync(Queue, Inbox, ""));
    }

    [Test, Order(7)]
    public async Task It_has_no_other_virtual_host_and_no_management()
    {
        var elsewhere = new ConnectionFactory
        {
            Uri = new(World.SettingsOf("worker")["ConnectionStrings:RabbitMq"]!), VirtualHost = "/", AutomaticRecoveryEnabled = false,
        };

        // The client does not wait for the broker's word when it connects.
        var refused = await Should.ThrowAsync<RabbitMQ.Client.Exceptions.OperationInterruptedException>(async () =>
        {
            await using var connection = await elsewhere.CreateConnectionAsync();
            await using var channel = await connection.CreateChannelAsync();
            await channel.QueueDeclarePassiveAsync("any");
        });
        refused.Message.ShouldContain("access to vhost '/' refused");
        using var management = World.Management("worker");
        (await management.GetAsync(new Uri("api/queues", UriKind.Relative))).IsSuccessStatusCode.ShouldBeFalse();
    }

    [TestCase("FLUSHALL")]
    [TestCase("FLUSHDB")]
    [TestCase("KEYS", "*")]
    [TestCase("SCAN", "0")]
    [TestCase("RANDOMKEY")]
    [TestCase("GET", "other:1")]
    [TestCase("SET", "other:1", "x")]
    [TestCase("SET", "did", "x")]
    [TestCase("EVAL", "return redis.call('GET', KEYS[1])", "1", "other:1")]
    [TestCase("LRANGE", "didit:{audit}", "0", "-1")]
    [TestCase("CONFIG", "GET", "*")]
    [TestCase("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")]
    [TestCase("SCRIPT", "FLUSH")]
    [TestCase("ACL", "WHOAMI")]
    [TestCase("CLIENT", "LIST")]
    [TestCase("MONITOR")]
    [TestCase("REPLICAOF", "NO", "ONE")]
    [TestCase("CLUSTER", "RESET")]
    [TestCase("PUBLISH", "news", "x")]
    [TestCase("SHUTDOWN", "NOSAVE")]
    public Task Redis_refuses_it(string command, params object[] arguments) => RefusedByRedisAsync("worker", command, arguments);

    // A script may do only what its caller may.
    [TestCase("return redis.call('KEYS', '*')")]
    [TestCase("return redis.call('GET', 'other:1')")]
    [TestCase("return redis.call('FLUSHALL')")]
    public async Task Redis_refuses_it_in_a_script(string script)
    {
        await using var redis = await World.RedisAsync("worker");
        (await Should.ThrowAsync<StackExchange.Redis.RedisServerException>(() => redis.GetDatabase().ScriptEvaluateAsync(script)))
            .Message.ShouldMatch("The user executing the script can't|ACL failure in script", "Redis before 8; Redis 8 and Valkey");
    }

    [Test]
    public async Task Nobody_gets_in_without_a_name() => await Should.ThrowAsync<StackExchange.Redis.RedisException>(async () =>
    {
        await using var redis = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(World.Redis.Endpoint);
        await redis.GetDatabase().PingAsync();
    });

    [Test, Order(50)]
    public async Task Without_the_right_to_read_its_queue_health_says_what_to_grant()
    {
        await using var worker = await AsAsync("diditworker-unread", "^DiditWorker|^start-verification_", "^$");

        await Eventually.UntilAsync(
            async () => (await ActionAsync(worker))
                .StartsWith("grant user 'diditworker-unread' the right to read queue 'start-verification'", StringComparison.Ordinal),
            Bound, "what to grant");
    }

    // Before 4.3 the worker sees what it may not write to, and would notice only when it has to park.
    [Test, Order(51)]
    public async Task Without_a_right_on_a_queue_for_parking_health_says_what_to_grant_as_soon_as_the_broker_tells()
    {
        await using var worker = await AsAsync("diditworker-unparked", "^DiditWorker|^start-verification_error$", "^start-verification$");
        await worker.UntilReadyAsync();

        var expected = World.RabbitMq.IsAtLeast(4, 3)
            ? "grant user 'diditworker-unparked' the right to write queue 'start-verification_skipped'" : "";
        await Eventually.UntilAsync(
            async () => (await ActionAsync(worker)).StartsWith(expected, StringComparison.Ordinal), Bound, "what to grant");
    }

    private static async Task<WorkerProcess> AsAsync(string user, string write, string read)
    {
        await World.AddUserAsync(user, "^$", write, read);
        var settings = World.SettingsOf("worker");
        settings["ConnectionStrings:RabbitMq"] = World.AddressOf(user, user);
        return WorkerProcess.Start(settings);
    }

    private static async Task<string> ActionAsync(WorkerProcess worker)
    {
        var (_, health) = await worker.HealthAsync("ready");
        return health.GetProperty("parts").GetProperty("broker").TryGetProperty("action", out var action) ? action.GetString()! : "";
    }

    [OneTimeTearDown]
    public async Task RemoveUsersAsync()
    {
        using var management = World.RabbitMq.ManagementClient();
        await management.DeleteAsync(new Uri("api/users/diditworker-unread", UriKind.Relative));
        await management.DeleteAsync(new Uri("api/users/diditworker-unparked", UriKind.Relative));
    }

    [Test, Order(100)]
    public async Task A_worker_that_declares_finds_everything_as_it_would_declare_it()
    {
        var settings = World.SettingsOf("worker");
        settings["ConnectionStrings:RabbitMq"] = World.AddressOf(RabbitMqServer.UserName, RabbitMqServer.Password);
        settings["StartVerification:Topology"] = "Declare";
        await using var worker = WorkerProcess.Start(settings);

        await worker.UntilReadyAsync();
        worker.Output.ShouldNotContain("PRECONDITION_FAILED");
        var (_, health) = await worker.HealthAsync("ready");
        health.GetProperty("status").GetString().ShouldBe("Healthy", health.GetRawText());
    }
}
