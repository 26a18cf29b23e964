using System.Text.Json;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Protocol;
using DiditWorker.Simulator;
using Shouldly;

namespace DiditWorker.IntegrationTests.Keys;

/// <summary>A message that is parked as AmbiguousSession, and what a person says of it.</summary>
internal static class Adopting
{
    public const string Id = "order-1";
    public const string Request = """{"vendorData":"user-1"}""";
    public static readonly DateTimeOffset LongAgo = DateTimeOffset.UtcNow.AddDays(-3);
    public static readonly IdempotencyKey Key = IdempotencyKey.Create("start-verification", Id);

    /// <summary>The fingerprint of the request.</summary>
    public static readonly string Asked = Fingerprint.Of(JsonElement.Parse("""{"vendor_data":"user-1"}"""));

    /// <summary>Two sessions of the person, and the message parked for them.</summary>
    public static async Task<(SimulatedSession Chosen, SimulatedSession Other)> ParkAsync(Arena arena)
    {
        await arena.StartWorkerAsync();
        var sessions = (arena.Didit.State.Seed(Session()), arena.Didit.State.Seed(Session() with { Status = "Declined" }));
        await arena.Broker.PublishRawAsync(Id, Request, LongAgo);
        await arena.Broker.UntilAnswersAsync(1);
        arena.Broker.Rejected.Single().Text("code").ShouldBe("AmbiguousSession");
        return sessions;
    }

    /// <summary>The command, once the parked messages can be read: another one gives them back a moment later than it ends.</summary>
    public static async Task<CommandRun> AdoptAsync(Arena arena, uint parked, params string[] args)
    {
        await Servers.Eventually.UntilAsync(
            async () => await arena.Broker.DepthAsync("start-verification_error") == parked, TimeSpan.FromSeconds(30),
            $"{parked} parked messages can be read");
        return await arena.OperateAsync(["keys", "adopt", .. args]);
    }

    /// <summary>One of the person, made at about the time of the message.</summary>
    public static SessionSeed Session() =>
        new() { VendorData = "user-1", WorkflowId = Arena.Workflow, Status = "Approved", CreatedAt = LongAgo.AddMinutes(1) };
}
