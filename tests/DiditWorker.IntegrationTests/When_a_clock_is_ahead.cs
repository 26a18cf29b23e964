using System.Text.Json;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Protocol;
using DiditWorker.Verification;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests;

/// <summary>
/// Found by the fault campaign: a host that is minutes ahead took an attempt of a moment ago for an old one and looked up too soon.
/// </summary>
public sealed class When_a_clock_is_ahead
{
    private const string Body = """{"vendorData":"user-1"}""";

    [Test]
    public async Task A_look_up_still_waits_for_didits_list()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ListLag = TimeSpan.FromSeconds(1), ReuseByVendorData = false });
        arena.Settings["Didit:LookupDelay"] = "00:00:02";
        await arena.StartWorkerAsync(time: new Ahead(TimeSpan.FromMinutes(2)));

        // What another worker left behind a moment ago: an ambiguous record, and the session that its lost request made.
        var key = IdempotencyKey.Create("start-verification", "order-1");
        await LeaveAmbiguousAsync(arena);
        var metadata =
            JsonSerializer.SerializeToElement(
                new Dictionary<string, string>(StringComparer.Ordinal) { ["diditworker_key"] = key.ToString() });
        var made = arena.Didit.State.Seed(new() { VendorData = "user-1", WorkflowId = Arena.Workflow, Metadata = metadata });
        await arena.Broker.PublishRawAsync("order-1", Body);
        await arena.Broker.UntilAnswersAsync(1);

        arena.Broker.Created.Single().Text("sessionId").ShouldBe(made.SessionId);
        arena.Didit.State.Sessions.Count.ShouldBe(1);
    }

    private static async Task LeaveAmbiguousAsync(Arena arena)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(arena.Redis.ConnectionString);
        var now = new DateTimeOffset(await redis.GetServers()[0].TimeAsync(), TimeSpan.Zero).ToUnixTimeMilliseconds();
        var fingerprint = Fingerprint.Of(StartVerificationReader.Read(JsonElement.Parse(Body), Arena.Workflow).Payload);
        await redis.GetDatabase()
            .StringSetAsync(arena.RedisKey("order-1"), $"1 P {fingerprint} somebodyelse 0 {now} {now} 1 ", TimeSpan.FromHours(1));
    }

    private sealed class Ahead(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
