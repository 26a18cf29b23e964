using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

public sealed class When_redis_is_gone
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Messages_wait_and_are_answered_once_it_is_back()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var arena = await Arena.OpenAsync(redis);
        await arena.StartWorkerAsync();
        await arena.Broker.PublishRawAsync("order-0", """{"vendorData":"user-0"}""");
        await arena.Broker.UntilAnswersAsync(1);

        await redis.StopAsync();
        for (var i = 1; i <= 5; i++)
        {
            await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""");
        }

        await Eventually.UntilAsync(
            () => Task.FromResult(arena.Logs.Text.Contains("Redis cannot be asked", StringComparison.Ordinal)), Bound,
            "the worker notices");
        arena.Didit.State.Sessions.Count.ShouldBe(1);

        await redis.StartAsync();
        await arena.Broker.UntilAnswersAsync(6);
        arena.Didit.State.Sessions.Count.ShouldBe(6);
        arena.Broker.Created.Count().ShouldBe(6);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }

    [Test]
    public async Task A_restart_of_the_worker_meanwhile_changes_nothing()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var arena = await Arena.OpenAsync(redis, new() { ReuseByVendorData = false });
        await using (var first = WorkerProcess.Start(arena.Settings))
        {
            await first.UntilReadyAsync();
            await redis.StopAsync();
            for (var i = 1; i <= 5; i++)
            {
                await arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""");
            }

            await first.UntilOutputAsync("Redis cannot be asked");
            (await first.TerminateAsync()).ShouldBe(0);
        }

        await using (var second = WorkerProcess.Start(arena.Settings))
        {
            await second.UntilOutputAsync("Redis cannot be asked");
            (await second.HealthAsync("ready")).Body.GetProperty("parts").GetProperty("redis").GetProperty("description").GetString()!
                .ShouldContain("messages wait");
            await second.KillAsync();
        }

        await using var third = WorkerProcess.Start(arena.Settings);
        await third.UntilOutputAsync("Redis cannot be asked");
        arena.Didit.State.Requests.ShouldBeEmpty();

        await redis.StartAsync();
        await arena.Broker.UntilAnswersAsync(1, seconds: 10);
        await arena.Broker.UntilAnswersAsync(5);
        arena.Broker.Created.Count().ShouldBe(5);
        arena.Didit.State.Sessions.Count.ShouldBe(5);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }

    [Test]
    public async Task Told_to_proceed_it_looks_up_what_a_killed_worker_left_behind()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var arena = await Arena.OpenAsync(redis, new() { ReuseByVendorData = false });
        arena.Settings["Idempotency:WhenRedisUnavailable"] = "Proceed";
        await using (var first = WorkerProcess.Start(arena.Settings))
        {
            await first.UntilReadyAsync();
            await redis.StopAsync();
            arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.TimeoutAfterCreate, Count = 1 });
            await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
            await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Sessions.Count == 1), Bound, "Didit made the session");
            await first.KillAsync();
        }

        await using var second = WorkerProcess.Start(arena.Settings);
        await arena.Broker.UntilAnswersAsync(1);
        arena.Didit.State.Sessions.Count.ShouldBe(1);
        arena.Broker.Created.Single().Text("sessionId").ShouldBe(arena.Didit.State.Sessions[0].SessionId);
    }

    [Test]
    public async Task Told_to_proceed_it_creates_what_is_fresh_and_looks_up_what_was_delivered_before()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var arena = await Arena.OpenAsync(redis, new() { ReuseByVendorData = false });
        arena.Settings["Idempotency:WhenRedisUnavailable"] = "Proceed";
        await arena.StartWorkerAsync();
        await redis.StopAsync();

        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(1);
        arena.Didit.State.Requests.ShouldNotContain(r => r.Operation == DiditOperation.List);

        // A replayed dead letter carries the traces of its first life.
        await arena.Broker.PublishBytesAsync(
            "order-1", """{"vendorData":"user-1"}"""u8.ToArray(), "application/json", DateTimeOffset.UtcNow,
            new() { ["MT-Reason"] = "fault" });
        await arena.Broker.UntilAnswersAsync(2);
        arena.Didit.State.Sessions.Count.ShouldBe(1);
        arena.Broker.Created.Select(a => a.Text("sessionId")).Distinct().Count().ShouldBe(1);
    }

    [Test]
    public async Task A_redelivered_message_whose_record_is_lost_is_looked_up()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var arena = await Arena.OpenAsync(redis, new() { ReuseByVendorData = false });
        await arena.StartWorkerAsync();
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(1);
        await using (var connection = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(redis.ConnectionString))
        {
            await connection.GetServers()[0].FlushAllDatabasesAsync();
        }

        await arena.Broker.PublishBytesAsync(
            "order-1", """{"vendorData":"user-1"}"""u8.ToArray(), "application/json", DateTimeOffset.UtcNow,
            new() { ["x-delivery-count"] = 1 });
        await arena.Broker.UntilAnswersAsync(2);

        arena.Didit.State.Sessions.Count.ShouldBe(1);
        arena.Broker.Created.Select(a => a.Text("sessionId")).Distinct().Count().ShouldBe(1);
    }
}
