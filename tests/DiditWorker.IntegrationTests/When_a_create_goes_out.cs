using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Protocol;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests;

public sealed class When_a_create_goes_out
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    // So that a crash from here on is ambiguous, not "new".
    [Test]
    public async Task Its_record_stands_in_redis_already()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        arena.Settings["Didit:AttemptTimeout"] = "00:00:20";
        await arena.StartWorkerAsync();
        arena.Didit.State.AddFault(
            new() { Operation = DiditOperation.Create, Kind = FaultKind.Delay, Delay = TimeSpan.FromSeconds(5), Count = 1 });
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Requests.Count == 1), Bound, "the create arrived");

        await using var redis = await ConnectionMultiplexer.ConnectAsync(arena.Redis.ConnectionString);
        string? stored = await redis.GetDatabase().StringGetAsync(arena.RedisKey("order-1"));

        // Still without a reply: what was read stood there before.
        arena.Didit.State.Requests[0].Status.ShouldBe(0);
        stored.ShouldNotBeNull("no record while the request is out");
        var record = IdempotencyRecord.Parse(stored);
        (record.State, record.Attempts).ShouldBe((RecordState.InProgress, 1));
        record.LeaseUntil.ShouldBeGreaterThan(record.FirstAttempt);

        await arena.Broker.UntilAnswersAsync(1);
        arena.Didit.State.Sessions.Count.ShouldBe(1);
    }

    // Published again, so nothing marks it as repeated: the record alone holds it back.
    [Test]
    public async Task A_duplicate_that_comes_meanwhile_sends_nothing()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        arena.Settings["Didit:AttemptTimeout"] = "00:00:20";
        await arena.StartWorkerAsync();
        arena.Didit.State.AddFault(
            new() { Operation = DiditOperation.Create, Kind = FaultKind.Delay, Delay = TimeSpan.FromSeconds(2), Count = 1 });
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Requests.Count == 1), Bound, "the create arrived");
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await arena.Broker.UntilAnswersAsync(2);

        arena.Didit.State.Requests.Count.ShouldBe(1);
        arena.Didit.State.Sessions.Count.ShouldBe(1);
        arena.Broker.Created.Select(a => (a.MessageId, a.Message.GetRawText())).Distinct().Count().ShouldBe(1);
    }
}
