using System.Diagnostics;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>A 429 at one replica holds all of them.</summary>
public sealed class When_a_shared_rate_is_paused : SharedRateTest
{
    [Test]
    public async Task A_429_at_one_holds_both()
    {
        var pause = TimeSpan.FromMilliseconds(700);
        var clock = Stopwatch.StartNew();
        await One.PauseAsync(pause);

        var times = await Task.WhenAll(TakeAsync(One, 1, clock), TakeAsync(Other, 1, clock)).WaitAsync(Bound);

        var inOrder = times.SelectMany(time => time).Order().ToArray();
        inOrder[0].ShouldBeGreaterThanOrEqualTo(pause - Tolerance);
        inOrder[1].ShouldBeGreaterThanOrEqualTo(pause + Interval - Tolerance);
    }

    [Test]
    public async Task A_pause_is_not_shortened_by_a_shorter_one_nor_by_what_is_given_back()
    {
        var shared = new SharedTimeLine(First, Name, 1000, TimeProvider.System);
        var granted = await shared.AskAsync(50);
        await One.PauseAsync(TimeSpan.FromMinutes(5));
        var line = await Bare.GetDatabase().StringGetAsync(Name);

        await One.PauseAsync(TimeSpan.FromMilliseconds(1));
        await Other.PauseAsync(TimeSpan.FromSeconds(1));
        await shared.GiveBackAsync(granted);

        (await Bare.GetDatabase().StringGetAsync(Name)).ShouldBe(line);
    }

    [Test]
    public async Task A_pause_holds_who_waits_already()
    {
        using var slow = Limiter(First, perMinute: 30);
        using var waits = Limiter(Second, perMinute: 30);
        await slow.AcquireAsync(1, CancellationToken.None);
        var pause = TimeSpan.FromSeconds(3);
        var waiting = TakeAsync(waits, 1, Stopwatch.StartNew());
        await slow.PauseAsync(pause);

        (await waiting.WaitAsync(Bound))[0].ShouldBeGreaterThanOrEqualTo(pause - Tolerance);
    }

    [Test]
    public async Task A_pause_that_redis_could_not_be_told_of_is_told_when_it_is_back()
    {
        await using var own = await RedisServer.StartNewAsync();
        await using var connection = new RedisConnection(own.ConnectionString);
        using var limiter = Limiter(connection);
        await limiter.TryAsync();
        await own.StopAsync();
        await limiter.PauseAsync(TimeSpan.FromMinutes(5));
        limiter.Trouble.ShouldNotBeNull();
        await own.StartAsync();
        await Eventually.UntilAsync(async () =>
        {
            await limiter.TryAsync();
            return limiter.Trouble is null;
        }, Bound, "the rate is shared again");

        await using var tools = await ConnectionMultiplexer.ConnectAsync(own.ConnectionString);
        var life = (await tools.GetDatabase().KeyTimeToLiveAsync(Name)).ShouldNotBeNull();
        life.ShouldBeInRange(TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(6));
    }
}
