using System.Diagnostics;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>Nobody is early, however many ask, and it costs little.</summary>
public sealed class When_replicas_share_one_rate : SharedRateTest
{
    [Test]
    public async Task Replicas_stay_within_the_rate_together()
    {
        const int each = 20;
        var clock = Stopwatch.StartNew();

        var times = await Task.WhenAll(TakeAsync(One, each, clock), TakeAsync(Other, each, clock)).WaitAsync(Bound);

        var inOrder = times.SelectMany(time => time).Order().ToArray();
        for (var n = 0; n < inOrder.Length; n++)
            inOrder[n].ShouldBeGreaterThanOrEqualTo((n * Interval) - Tolerance, $"request {n}");
    }

    [Test]
    public async Task Idle_time_is_not_saved_up_by_anybody()
    {
        await One.AcquireAsync(1, CancellationToken.None);
        await Eventually.UntilAsync(async () => !await Bare.GetDatabase().KeyExistsAsync(Name), Bound, "the time line is forgotten");
        var clock = Stopwatch.StartNew();

        var times = await Task.WhenAll(TakeAsync(One, 3, clock), TakeAsync(Other, 3, clock)).WaitAsync(Bound);

        times.SelectMany(time => time).Max().ShouldBeGreaterThanOrEqualTo((5 * Interval) - Tolerance);
    }

    // A fork, a failover or a full network card: the reply tells of a place counted from when Redis answered, not from when it was asked.
    [Test]
    public async Task A_redis_that_answers_late_makes_nobody_early()
    {
        var slow = Limiter(First, perMinute: 30);
        var clock = Stopwatch.StartNew();
        await slow.AcquireAsync(1, CancellationToken.None);
        await Bare.GetDatabase().ExecuteAsync("CLIENT", "PAUSE", "1000", "ALL");

        await slow.AcquireAsync(1, CancellationToken.None).AsTask().WaitAsync(Bound);

        clock.Elapsed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2) - Tolerance);
        slow.Dispose();
    }

    [Test]
    public async Task A_high_rate_costs_few_round_trips()
    {
        const int requests = 1000;
        using var fast = Limiter(First, perMinute: 60_000);
        await fast.AcquireAsync(1, CancellationToken.None);
        await CommandCount.ResetAsync(Bare.GetServers()[0]);
        var clock = Stopwatch.StartNew();

        var times = await TakeAsync(fast, requests, clock).WaitAsync(Bound);

        // 100 places at a time; on a machine that is slow enough some are given up, but never most of them.
        var count = await CommandCount.ReadAsync(Bare.GetServers()[0]);
        count["evalsha"].ShouldBeInRange(1, requests / 20);
        times[^1].ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(requests - 100) - Tolerance);
    }

    // A clock that stands still, so that only what was granted makes a difference.
    [Test]
    public async Task Who_got_a_place_lets_the_others_go_first()
    {
        var lines = Enumerable.Range(0, 3).Select(_ => new SharedTimeLine(First, Name, 60_000_000, new Standing())).ToArray();
        foreach (var line in lines)
            await line.AskAsync(0);
        (await lines[0].AskAsync(1)).Left.ShouldBe(1);

        var soonest = new double[3];
        for (var i = 0; i < 3; i++)
            soonest[i] = (await lines[0].AskAsync(1)).Next;

        (soonest[0] - soonest[1]).ShouldBeGreaterThanOrEqualTo(5000);
        (soonest[1] - soonest[2]).ShouldBeGreaterThanOrEqualTo(5000);
    }

    [Test]
    public async Task The_time_line_always_has_an_end()
    {
        await One.AcquireAsync(1, CancellationToken.None);
        (await Bare.GetDatabase().KeyTimeToLiveAsync(Name)).ShouldNotBeNull().ShouldBeLessThan(TimeSpan.FromSeconds(5));

        await One.PauseAsync(TimeSpan.FromMinutes(5));
        (await Bare.GetDatabase().KeyTimeToLiveAsync(Name)).ShouldNotBeNull()
            .ShouldBeInRange(TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(6));
    }

    private sealed class Standing : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
