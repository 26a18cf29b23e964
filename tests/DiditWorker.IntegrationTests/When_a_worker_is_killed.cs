using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>kill -9 of a real process at named points; the broker delivers again, another process takes over.</summary>
public sealed class When_a_worker_is_killed
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Between_didits_reply_and_the_record_there_is_still_one_session()
    {
        await using var redis = await RedisServer.StartNewAsync();

        // Nothing at Didit helps: it ignores the header and reuses nothing.
        await using var arena = await Arena.OpenAsync(redis, new() { ReuseByVendorData = false });
        UseShortLease(arena);
        arena.Didit.State.AddFault(
            new() { Operation = DiditOperation.Create, Kind = FaultKind.Delay, Delay = TimeSpan.FromSeconds(4), Count = 1 });
        await using var first = WorkerProcess.Start(arena.Settings);
        await first.UntilReadyAsync();
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");

        // The claim is written and the request is out; from here on Redis is gone, so the reply cannot be recorded. Pausing it would not
        // do: what the worker has sent by then would be executed afterwards.
        await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Requests.Count == 1), Bound, "the create arrived");
        await redis.StopAsync();
        arena.Didit.State.Requests[0].Status.ShouldBe(0);
        await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Requests[0].Status == 201), Bound, "Didit replied");
        await first.KillAsync();
        await redis.StartAsync();
        arena.Broker.Answers.ShouldBeEmpty();

        await using var second = WorkerProcess.Start(arena.Settings);
        await arena.Broker.UntilAnswersAsync(1);

        arena.Didit.State.Sessions.Count.ShouldBe(1);
        arena.Broker.Created.Single().Text("sessionId").ShouldBe(arena.Didit.State.Sessions[0].SessionId);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
        await Eventually.UntilAsync(
            () => Task.FromResult(second.Output.Contains("adopted", StringComparison.Ordinal)), Bound, "the adoption is logged");
    }

    [Test]
    public async Task While_the_request_is_out_there_is_still_one_session()
    {
        await using var arena = await Arena.OpenAsync(didit: new() { ReuseByVendorData = false });
        UseShortLease(arena);
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.TimeoutAfterCreate, Count = 1 });
        await using var first = WorkerProcess.Start(arena.Settings);
        await first.UntilReadyAsync();
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await Eventually.UntilAsync(() => Task.FromResult(arena.Didit.State.Sessions.Count == 1), Bound, "Didit made the session");
        await first.KillAsync();

        await using var second = WorkerProcess.Start(arena.Settings);
        await arena.Broker.UntilAnswersAsync(1);

        arena.Didit.State.Sessions.Count.ShouldBe(1);
        arena.Broker.Created.Single().Text("sessionId").ShouldBe(arena.Didit.State.Sessions[0].SessionId);
    }

    private static void UseShortLease(Arena arena)
    {
        arena.Settings["Didit:AttemptTimeout"] = "00:00:06";
        arena.Settings["Didit:TotalTimeout"] = "00:00:07";
        arena.Settings["Idempotency:Lease"] = "00:00:08";
    }
}
