using System.Diagnostics;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>Each replica keeps to a part of it by itself.</summary>
public sealed class When_a_shared_rate_has_no_redis : SharedRateTest
{
    /// <summary>How long it took to stop Redis counts as a delay, of which a part is made up for.</summary>
    private static readonly TimeSpan MadeUpFor = TimeSpan.FromMicroseconds(TimeLine.Tolerance);

    [Test]
    public async Task Without_redis_a_replica_keeps_the_rate_by_itself()
    {
        await using var own = await RedisServer.StartNewAsync();
        await using var connection = new RedisConnection(own.ConnectionString);
        using var limiter = Limiter(connection);
        await limiter.AcquireAsync(1, CancellationToken.None);
        await own.StopAsync();
        var clock = Stopwatch.StartNew();

        var times = await TakeAsync(limiter, 5, clock).WaitAsync(Bound);

        times[^1].ShouldBeGreaterThanOrEqualTo((4 * Interval) - MadeUpFor - Tolerance);
    }

    // Each unanswered question takes the client five seconds to give up. The rate must not become one place in five seconds.
    [Test]
    public async Task A_redis_that_does_not_answer_is_not_waited_for_at_each_place()
    {
        await using var own = await RedisServer.StartNewAsync();
        await using var connection = new RedisConnection(own.ConnectionString);
        using var limiter = Limiter(connection);
        await limiter.AcquireAsync(1, CancellationToken.None);
        await own.PauseAsync(true);
        await limiter.AcquireAsync(1, CancellationToken.None).AsTask().WaitAsync(Bound);
        var clock = Stopwatch.StartNew();

        await TakeAsync(limiter, 10, clock).WaitAsync(Bound);

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        await own.PauseAsync(false);
        await Eventually.UntilAsync(async () =>
        {
            await limiter.AcquireAsync(1, CancellationToken.None);
            return limiter.Trouble is null;
        }, Bound, "the rate is shared again");
    }

    [Test]
    public async Task Without_redis_each_replica_keeps_to_its_share_of_the_last_known_number()
    {
        await using var own = await RedisServer.StartNewAsync();
        await using var connection = new RedisConnection(own.ConnectionString);
        using var limiter = Limiter(connection);
        using var another = Limiter(connection);
        using var third = Limiter(connection);
        await third.TryAsync();
        await another.TryAsync();
        await limiter.AcquireAsync(1, CancellationToken.None);
        await own.StopAsync();
        var clock = Stopwatch.StartNew();

        var times = await TakeAsync(limiter, 4, clock).WaitAsync(Bound);

        times[^1].ShouldBeGreaterThanOrEqualTo((3 * 3 * Interval) - MadeUpFor - Tolerance);
    }
}
