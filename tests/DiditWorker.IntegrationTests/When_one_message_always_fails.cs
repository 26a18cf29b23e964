using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Protocol;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests;

/// <summary>
/// One message whose create, or whose look-up, fails for ever, on real processes that are ended meanwhile, with the default number of
/// attempts.
/// </summary>
public sealed class When_one_message_always_fails
{
    private const int MaximumAttempts = 10;

    // Of the failures, those do not count between which no other message succeeded; that depends on the speed of the machine.
    private const int MostUncounted = 6;
    private const int MostReadsPerAttempt = 3;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private int _good;

    [TestCase(DiditOperation.Create, 1)]
    [TestCase(DiditOperation.List, MostReadsPerAttempt)]
    public async Task It_is_parked_although_the_worker_is_restarted_and_nobody_waits_for_it(
        DiditOperation operation, int requestsPerAttempt)
    {
        _good = 0;
        await using var arena = await Arena.OpenAsync();
        UseTimesOfWhichAPauseWouldBeSeen(arena);
        arena.Didit.State.AddFault(new() { Operation = operation, Kind = FaultKind.Status, Status = 500, VendorData = "bad" });
        await using var redis = await ConnectionMultiplexer.ConnectAsync(arena.Redis.ConnectionString);
        await using (var first = WorkerProcess.Start(arena.Settings))
        {
            await first.UntilReadyAsync();

            // Older than the window, so that a look-up comes first.
            await arena.Broker.PublishRawAsync("bad", """{"vendorData":"bad"}""", DateTimeOffset.UtcNow.AddDays(-3));
            await AnswerOthersUntilAsync(arena, first, async () => await AttemptsAsync(arena, redis) >= 4);
            (await first.TerminateAsync()).ShouldBe(0);
        }

        await using (var second = WorkerProcess.Start(arena.Settings))
        {
            await second.UntilReadyAsync();
            await AnswerOthersUntilAsync(arena, second, async () => await AttemptsAsync(arena, redis) >= 8);
            await second.KillAsync();
        }

        await using var third = WorkerProcess.Start(arena.Settings);
        await third.UntilReadyAsync();
        await AnswerOthersUntilAsync(arena, third, () => Task.FromResult(arena.Broker.Rejected.Any()));

        arena.Broker.Rejected.Single().Text("code").ShouldBe("AttemptsExhausted");
        arena.Broker.Rejected.Single().Text("requestId").ShouldBe("bad");
        TestBroker.Header(await arena.Broker.TakeAsync("start-verification_error"), "MT-Fault-ExceptionType")
            .ShouldBe("DiditWorker.Verification.AttemptsExhaustedException");
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
        arena.Broker.Created.Select(a => a.Text("requestId")).Distinct().Count().ShouldBe(_good);

        // Counted again by each worker it would have been tried at least 4 + 8 + 10 times.
        var failed = arena.Didit.State.Requests.Count(r => r.Fault is not null);
        await TestContext.Progress.WriteLineAsync($"{operation}: {failed} failed requests, {_good} other messages answered meanwhile");
        failed.ShouldBeInRange(MaximumAttempts - 1, (MaximumAttempts + MostUncounted) * requestsPerAttempt);
    }

    private static void UseTimesOfWhichAPauseWouldBeSeen(Arena arena)
    {
        arena.Settings["Didit:BreakDuration"] = "00:00:05";
        arena.Settings["Didit:TotalTimeout"] = "00:00:07";
        arena.Settings["Idempotency:Lease"] = "00:00:08";
    }

    // One after the other: each is answered although the bad one still fails, and nobody is made to pause.
    private async Task AnswerOthersUntilAsync(Arena arena, WorkerProcess worker, Func<Task<bool>> condition)
    {
        var started = DateTimeOffset.UtcNow;
        while (!await condition())
        {
            (DateTimeOffset.UtcNow - started).ShouldBeLessThan(Bound * 2, "the bad message gets on");
            var id = $"good-{++_good}";
            // What the bad one needs too: a failed look-up counts only while other look-ups succeed.
            await arena.Broker.PublishRawAsync(id, $$"""{"vendorData":"{{id}}"}""", DateTimeOffset.UtcNow.AddDays(-3));
            var health = new List<string>();
            await Eventually.UntilAsync(
                async () =>
                {
                    health.Add(await worker.DiditAsync());
                    return arena.Broker.Created.Any(a => a.Text("requestId") == id);
                },
                Bound,
                "another message is answered");
            health.ShouldAllBe(said => !said.Contains("paused", StringComparison.Ordinal));
        }
    }

    private static async Task<int> AttemptsAsync(Arena arena, ConnectionMultiplexer redis) =>
        await redis.GetDatabase().StringGetAsync(arena.RedisKey("bad")) is { IsNull: false } record
            ? IdempotencyRecord.Parse(record!).Attempts : 0;
}
