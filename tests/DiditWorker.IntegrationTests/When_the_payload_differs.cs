using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

public sealed class When_the_payload_differs
{
    [Test]
    public async Task It_is_rejected_and_the_first_session_stays_as_it_was()
    {
        await using var arena = await Arena.OpenAsync();
        await arena.StartWorkerAsync();
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1","language":"en"}""");
        await arena.Broker.UntilAnswersAsync(1);
        var record = await RecordAsync(arena, "order-1");

        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1","language":"de"}""");
        await arena.Broker.UntilAnswersAsync(2);

        var rejected = arena.Broker.Rejected.Single();
        rejected.Text("code").ShouldBe("PayloadMismatch");
        rejected.Text("requestId").ShouldBe("order-1");
        rejected.Text("vendorData").ShouldBe("user-1");
        var parked = await arena.Broker.TakeAsync("start-verification_error");
        parked.BasicProperties.MessageId.ShouldBe("order-1");
        TestBroker.Header(parked, "MT-Fault-ExceptionType").ShouldBe("DiditWorker.Verification.PayloadMismatchException");
        arena.Didit.State.Requests.Count.ShouldBe(1);
        (await RecordAsync(arena, "order-1")).ShouldBe(record);

        // The honest repeat is still answered.
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1","language":"en"}""");
        await arena.Broker.UntilAnswersAsync(3);
        arena.Broker.Created.Count().ShouldBe(2);
    }

    private static async Task<string?> RecordAsync(Arena arena, string id)
    {
        await using var redis = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(arena.Redis.ConnectionString);
        return await redis.GetDatabase().StringGetAsync(arena.RedisKey(id));
    }
}
