using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Status;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>The executable as it is shipped.</summary>
public sealed class The_service
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Says_every_fault_of_its_configuration_and_exits_with_78()
    {
        await using var worker = WorkerProcess.Start(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings:RabbitMq"] = "http://user:planted-secret@rabbit/",
            ["Didit:WorkflowId"] = "not-a-uuid",
            ["Didit:TotalTimeout"] = "00:05:00",
            ["Didit:RequestsPerMinute"] = "many",
            ["Idempotency:Scope"] = "Bad Scope",
            ["Didit:Worklfow"] = "x",
        });

        (await worker.ExitAsync()).ShouldBe(78);
        worker.Output.ShouldContain("Didit:ApiKey = (not set): required");
        worker.Output.ShouldContain("Didit:WorkflowId = \"not-a-uuid\": expected a UUID");
        worker.Output.ShouldContain("Didit:RequestsPerMinute = \"many\": expected a whole number");
        worker.Output.ShouldContain("Idempotency:Lease = \"00:02:00\": must be longer than Didit:TotalTimeout (00:05:00)");
        worker.Output.ShouldContain("Idempotency:Scope = \"Bad Scope\": expected to match");
        worker.Output.ShouldContain("ConnectionStrings:RabbitMq");
        worker.Output.ShouldContain("Didit:Worklfow");
        worker.Output.ShouldNotContain("planted-secret");
    }

    [TestCase("http://127.0.0.1:{taken}", "another program does; end that one, or name another port")]
    [TestCase("http://192.0.2.1:8080", "this machine does not have that address; name one that it has, or + for all of them,")]
    [TestCase("8080", "that is no address for it (Invalid url: '8080'); write http://HOST:PORT, or http://+:PORT for every address of "
        + "this machine,")]
    public async Task Says_in_one_sentence_that_it_cannot_listen_and_exits_with_78(string url, string why)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        url = url.Replace("{taken}", $"{((IPEndPoint)other.LocalEndpoint).Port}", StringComparison.Ordinal);
        await using var worker = WorkerProcess.Start(
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["Didit:ApiKey"] = "k", ["ASPNETCORE_URLS"] = url });

        (await worker.ExitAsync()).ShouldBe(78);

        worker.Output.Trim().ShouldBe($"The worker cannot listen on {url}: {why} in ASPNETCORE_URLS or --urls.");
    }

    [Test]
    public async Task Says_what_it_is_at_start_and_what_changes_once()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var arena = await Arena.OpenAsync(redis);
        arena.Settings["Idempotency:EncryptionKeyFile"] = null;
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        await worker.UntilOutputAsync("broker is Healthy");

        var start = Lines(worker, 10).ShouldHaveSingleItem();
        start.ShouldMatch(
            $"^DiditWorker {StatusReporter.Version}, worker [A-Za-z0-9_-]{{11}}: messages from queue start-verification in virtual host ");
        start.ShouldEndWith($" HTTP on {worker.Address.ToString().TrimEnd('/')}");
        start.ShouldContain($"records in Redis at {redis.ConnectionString.Split(',')[0]}, ");
        Lines(worker, 4).ShouldBe(["broker is Healthy: connected"]);

        await redis.StopAsync();
        for (var i = 0; i < 5; i++)
        {
            await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""");
        }

        await worker.UntilOutputAsync("Redis cannot be asked");
        await worker.UntilOutputAsync("redis is Unhealthy");
        await redis.StartAsync();
        await arena.Broker.UntilAnswersAsync(5);
        await worker.UntilOutputAsync("redis is Healthy");

        // It may be cut off, and then not let in: two causes.
        Lines(worker, 103).Count.ShouldBeInRange(1, 2);
        Lines(worker, 103).ShouldAllBe(line => line.Contains("; the first message that needs it: order-", StringComparison.Ordinal));
        Lines(worker, 106).ShouldBe(["Redis can be asked again"]);
        Lines(worker, 4).Count.ShouldBe(3);
    }

    [Test]
    public async Task Waits_for_broker_and_redis_alive_and_says_what_it_waits_for()
    {
        await using var rabbitMq = await RabbitMqServer.StartNewAsync();
        await using var redis = await RedisServer.StartNewAsync();
        await rabbitMq.StopAsync();
        await redis.StopAsync();
        await using var worker = WorkerProcess.Start(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings:RabbitMq"] = rabbitMq.ConnectionString,
            ["ConnectionStrings:Redis"] = redis.ConnectionString.Split(',')[0],
            ["Didit:ApiKey"] = "k",
        });

        await Eventually.UntilAsync(async () => (await worker.HealthAsync("live")).Status == HttpStatusCode.OK, Bound, "alive");
        var (status, body) = await worker.HealthAsync("ready");
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        body.GetProperty("parts").GetProperty("broker").GetProperty("status").GetString().ShouldBe("Unhealthy");
        body.GetProperty("parts").GetProperty("redis").GetProperty("status").GetString().ShouldBe("Unhealthy");
        body.GetProperty("parts").GetProperty("didit").GetProperty("status").GetString().ShouldBe("Healthy");

        // While the first connect is still under way, nobody knows yet what is wrong.
        await Eventually.UntilAsync(
            async () => (await worker.HealthAsync("ready")).Body.GetProperty("parts").GetProperty("redis")
                .TryGetProperty("action", out var action)
                && action.GetString()!.Contains("ConnectionStrings:Redis", StringComparison.Ordinal),
            Bound, "health says what to do");

        await rabbitMq.StartAsync();
        await redis.StartAsync();
        await worker.UntilReadyAsync();
        (await worker.TerminateAsync()).ShouldBe(0);
    }

    [Test]
    public async Task Warns_of_a_redis_that_may_lose_records()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using (var connection = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(redis.ConnectionString))
        {
            await connection.GetServers()[0].ConfigSetAsync("maxmemory-policy", "volatile-lru");
        }

        await using var arena = await Arena.OpenAsync(redis);
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();

        var (_, body) = await worker.HealthAsync("ready");
        body.GetProperty("parts").GetProperty("redis").GetProperty("status").GetString().ShouldBe("Degraded");
        body.GetProperty("parts").GetProperty("redis").GetProperty("description").GetString()!.ShouldContain("set it to noeviction");
        await Eventually.UntilAsync(
            () => Task.FromResult(worker.Output.Contains("volatile-lru", StringComparison.Ordinal)), Bound, "the warning is logged");
        (await worker.TerminateAsync()).ShouldBe(0);
    }

    [Test]
    public async Task Leaves_what_it_merely_holds_in_the_queue_at_sigterm()
    {
        await using var arena = await Arena.OpenAsync();
        arena.Didit.State.AddFault(new() { Operation = Simulator.DiditOperation.Create, Kind = Simulator.FaultKind.Status, Status = 401 });
        arena.Settings["Didit:RefusedPause"] = "00:00:30";
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        for (var i = 0; i < 5; i++)
        {
            await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""");
        }

        await Eventually.UntilAsync(
            async () => (await worker.HealthAsync("ready")).Body.GetProperty("parts").GetProperty("didit").GetProperty("status")
                .GetString() == "Degraded",
            Bound, "the pause");
        (await worker.TerminateAsync()).ShouldBe(0);

        await Eventually.UntilAsync(
            async () => await arena.Broker.DepthAsync("start-verification") == 5, Bound, "all five are in the queue");
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
        arena.Broker.Answers.ShouldBeEmpty();
    }

    private static List<string> Lines(WorkerProcess worker, int eventId) =>
    [
        .. worker.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))
            .Where(line => line.GetProperty("EventId").GetInt32() == eventId)
            .Select(line => line.GetProperty("Message").GetString()!),
    ];

    [Test]
    public async Task Finishes_what_is_running_at_sigterm_and_exits_with_0()
    {
        await using var arena = await Arena.OpenAsync();
        arena.Settings["Didit:AttemptTimeout"] = "00:00:30";
        arena.Didit.State.AddFault(
            new() { Operation = Simulator.DiditOperation.Create, Kind = Simulator.FaultKind.Delay, Delay = TimeSpan.FromSeconds(1) });
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Requests.Count == 1), Bound, "the create arrived");

        (await worker.TerminateAsync()).ShouldBe(0);

        await arena.Broker.UntilAnswersAsync(1);
        arena.Broker.Created.Count().ShouldBe(1);
        (await arena.Broker.DepthAsync("start-verification")).ShouldBe(0u);
        arena.Didit.State.Requests.Count.ShouldBe(1);
    }
}
