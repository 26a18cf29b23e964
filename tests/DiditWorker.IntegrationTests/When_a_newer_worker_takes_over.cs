using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests;

/// <summary>
/// During a rolling upgrade the lease ends while a create is under way, and a newer worker writes a record that this one cannot read.
/// </summary>
public sealed class When_a_newer_worker_takes_over
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Test]
    public async Task The_older_one_waits_instead_of_parking_the_message()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        arena.Settings["Didit:AttemptTimeout"] = "00:00:30";
        arena.Didit.State.AddFault(
            new() { Operation = DiditOperation.Create, Kind = FaultKind.Delay, Delay = TimeSpan.FromSeconds(2), Count = 1 });
        await using var redis = await ConnectionMultiplexer.ConnectAsync(arena.Redis.ConnectionString);
        var record = arena.RedisKey("order-1");
        await arena.StartWorkerAsync();

        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Requests.Count == 1), Bound, "the create is under way");
        await redis.GetDatabase().StringSetAsync(record, "3 C of a newer worker", TimeSpan.FromMinutes(10));
        await Eventually.UntilAsync(
            () => Task.FromResult(arena.Logs.Text.Contains("the record cannot be read", StringComparison.Ordinal)), Bound,
            "the older worker meets that record");

        ((string?)await redis.GetDatabase().StringGetAsync(record)).ShouldBe("3 C of a newer worker");
        await redis.GetDatabase().KeyDeleteAsync(record);
        await arena.Broker.UntilAnswersAsync(1);
        arena.Didit.State.Sessions.Count.ShouldBe(1);
        arena.Broker.Created.Single().Text("sessionId").ShouldBe(arena.Didit.State.Sessions[0].SessionId);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
    }
}
