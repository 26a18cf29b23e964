using System.Net;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Terminal;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests;

/// <summary>
/// FLUSHALL, a restart without a file, an empty volume, another server: the records are gone, and nothing marks a repeat.
/// </summary>
public sealed class When_redis_loses_everything
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [TestCase("flushed")]
    [TestCase("replaced by an empty one")]
    public async Task A_repeat_that_was_published_anew_is_answered_with_the_same_session(string loss)
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var arena = await Arena.OpenAsync(redis, new() { ReuseByVendorData = false });
        await arena.StartWorkerAsync();
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(1);
        arena.Didit.State.Requests.ShouldNotContain(r => r.Operation == DiditOperation.List, "it was not lost yet");
        await FlushAsync(redis, "FLUSHALL");
        if (loss != "flushed")
        {
            // Scripts, replicas and statistics are gone too.
            await redis.StopAsync();
            await redis.StartAsync();
        }

        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(2);

        arena.Didit.State.Sessions.Count.ShouldBe(1);
        arena.Broker.Created.Select(a => a.Text("sessionId")).Distinct().Single().ShouldBe(arena.Didit.State.Sessions[0].SessionId);
    }

    [Test]
    public async Task New_requests_are_looked_up_and_created_until_an_operator_says_that_nothing_was_lost()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var arena = await Arena.OpenAsync(redis, new() { ReuseByVendorData = false });
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        await FlushAsync(redis, "FLUSHALL");

        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(1);
        var asked = arena.Didit.State.Requests.Count(r => r.Operation == DiditOperation.List);
        asked.ShouldBeGreaterThan(0);
        await Eventually.UntilAsync(
            async () => (await RedisPartAsync(worker))
                .Part.Description.Contains("it remembers since", StringComparison.Ordinal), Bound, "health says it");
        var (status, part) = await RedisPartAsync(worker);
        (status, part.Status).ShouldBe((HttpStatusCode.OK, "Healthy"));
        part.Description.ShouldContain("every create is looked up first until");

        (await arena.OperateAsync("keys", "horizon", "--nothing-was-lost", "--reason", "the test", "--yes"))
            .ExitCode.ShouldBe(ExitCodes.Done);
        await arena.Broker.PublishRawAsync("order-2", """{"vendorData":"user-2"}""");
        await arena.Broker.UntilAnswersAsync(2);
        arena.Didit.State.Requests.Count(r => r.Operation == DiditOperation.List).ShouldBe(asked);
        await Eventually.UntilAsync(
            async () => !(await RedisPartAsync(worker))
                .Part.Description.Contains("remembers since", StringComparison.Ordinal), Bound, "health has nothing to say of it");
    }

    private static async Task FlushAsync(RedisServer redis, string command)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        (await connection.GetServers()[0].ExecuteAsync(command)).ToString().ShouldBe("OK");
    }

    private static async Task<(HttpStatusCode Status, (string Status, string Description) Part)> RedisPartAsync(WorkerProcess worker)
    {
        var (status, body) = await worker.HealthAsync("ready");
        var part = body.GetProperty("parts").GetProperty("redis");
        return (status, (part.GetProperty("status").GetString()!, part.GetProperty("description").GetString()!));
    }
}
