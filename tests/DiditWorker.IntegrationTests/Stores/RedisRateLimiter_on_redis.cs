using System.Diagnostics;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Observability;
using DiditWorker.Redis;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>
/// Replicas that share a rate, on a Redis of their own. What is asserted of time is only that nothing comes too early, which no slow
/// machine breaks.
/// </summary>
[TestFixture]
public sealed class RedisRateLimiter_on_redis
{
    private const int PerMinute = 600;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>Timers count whole milliseconds, and two clocks are compared.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(30);

    /// <summary>How long it took to stop Redis counts as a delay, of which a part is made up for.</summary>
    private static readonly TimeSpan MadeUpFor = TimeSpan.FromMicroseconds(TimeLine.Tolerance);

    private RedisServer server = null!;
    private ServiceProvider services = null!;
    private ConnectionMultiplexer bare = null!;
    private RedisConnection first = null!;
    private RedisConnection second = null!;
    private CancellationTokenSource stopping = null!;
    private RedisRateLimiter one = null!;
    private RedisRateLimiter other = null!;
    private string name = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        server = await RedisServer.StartNewAsync();
        services = new ServiceCollection().AddMetrics().AddSingleton<WorkerMetrics>().BuildServiceProvider();
        bare = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        (first, second) = (new(server.ConnectionString), new(server.ConnectionString));
        await Task.WhenAll(first.PingAsync(), second.PingAsync());
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await first.DisposeAsync();
        await second.DisposeAsync();
        await bare.DisposeAsync();
        await services.DisposeAsync();
        await server.DisposeAsync();
    }

    [SetUp]
    public void Limit()
    {
        name = $"didit:ratelimit:{Guid.NewGuid():N}";
        stopping = new();
        (one, other) = (Limiter(first), Limiter(second));
    }

    [TearDown]
    public void Dispose()
    {
        one.Dispose();
        other.Dispose();
        stopping.Dispose();
    }

    [Test]
    public async Task Replicas_stay_within_the_rate_together()
    {
        const int Each = 20;
        var clock = Stopwatch.StartNew();

        var times = await Task.WhenAll(TakeAsync(one, Each, clock), TakeAsync(other, Each, clock)).WaitAsync(Bound);

        var inOrder = times.SelectMany(time => time).Order().ToArray();
        for (var n = 0; n < inOrder.Length; n++)
            inOrder[n].ShouldBeGreaterThanOrEqualTo((n * Interval) - Tolerance, $"request {n}");
    }

    [Test]
    public async Task Idle_time_is_not_saved_up_by_anybody()
    {
        await one.AcquireAsync(1, CancellationToken.None);
        await Eventually.UntilAsync(async () => !await bare.GetDatabase().KeyExistsAsync(name), Bound, "the time line is forgotten");
        var clock = Stopwatch.StartNew();

        var times = await Task.WhenAll(TakeAsync(one, 3, clock), TakeAsync(other, 3, clock)).WaitAsync(Bound);

        times.SelectMany(time => time).Max().ShouldBeGreaterThanOrEqualTo((5 * Interval) - Tolerance);
    }

    [Test]
    public async Task A_429_at_one_holds_both()
    {
        var pause = TimeSpan.FromMilliseconds(700);
        var clock = Stopwatch.StartNew();
        await one.PauseAsync(pause);

        var times = await Task.WhenAll(TakeAsync(one, 1, clock), TakeAsync(other, 1, clock)).WaitAsync(Bound);

        var inOrder = times.SelectMany(time => time).Order().ToArray();
        inOrder[0].ShouldBeGreaterThanOrEqualTo(pause - Tolerance);
        inOrder[1].ShouldBeGreaterThanOrEqualTo(pause + Interval - Tolerance);
    }

    // A fork, a failover or a full network card: the reply tells of a place counted from when Redis answered, not from when it was asked.
    [Test]
    public async Task A_redis_that_answers_late_makes_nobody_early()
    {
        var slow = Limiter(first, perMinute: 30);
        var clock = Stopwatch.StartNew();
        await slow.AcquireAsync(1, CancellationToken.None);
        await bare.GetDatabase().ExecuteAsync("CLIENT", "PAUSE", "1000", "ALL");

        await slow.AcquireAsync(1, CancellationToken.None).AsTask().WaitAsync(Bound);

        clock.Elapsed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2) - Tolerance);
        slow.Dispose();
    }

    [Test]
    public async Task Who_gives_up_stops_waiting()
    {
        await one.PauseAsync(TimeSpan.FromMinutes(5));
        using var cancelled = new CancellationTokenSource();
        var waiting = one.AcquireAsync(1, cancelled.Token).AsTask();
        var still = other.AcquireAsync(1, stopping.Token).AsTask();

        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting.WaitAsync(Bound));
        still.IsCompleted.ShouldBeFalse();
        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => still.WaitAsync(Bound));
    }

    [Test]
    public async Task A_stop_of_the_worker_ends_all_waits()
    {
        await one.PauseAsync(TimeSpan.FromMinutes(5));
        var waiting = Enumerable.Range(0, 5).Select(_ => one.AcquireAsync(1, CancellationToken.None).AsTask()).ToArray();

        await stopping.CancelAsync();

        foreach (var wait in waiting)
            await Should.ThrowAsync<OperationCanceledException>(() => wait.WaitAsync(Bound));
    }

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

    [Test]
    public async Task A_high_rate_costs_few_round_trips()
    {
        const int Requests = 1000;
        using var fast = Limiter(first, perMinute: 60_000);
        await fast.AcquireAsync(1, CancellationToken.None);
        await CommandCount.ResetAsync(bare.GetServers()[0]);
        var clock = Stopwatch.StartNew();

        var times = await TakeAsync(fast, Requests, clock).WaitAsync(Bound);

        // 100 places at a time; on a machine that is slow enough some are given up, but never most of them.
        var count = await CommandCount.ReadAsync(bare.GetServers()[0]);
        count["evalsha"].ShouldBeInRange(1, Requests / 20);
        times[^1].ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(Requests - 100) - Tolerance);
    }

    // What nobody got must be there for the others: at one a minute a lost place would be waited for.
    [Test]
    public async Task A_place_that_is_granted_to_who_has_left_goes_to_another_replica()
    {
        using var rare = Limiter(first, perMinute: 1);
        using var elsewhere = Limiter(second, perMinute: 1);
        await Task.WhenAll(rare.TryAsync(), elsewhere.TryAsync());
        using var leaving = new CancellationTokenSource();
        await CommandCount.ResetAsync(bare.GetServers()[0]);
        await bare.GetDatabase().ExecuteAsync("CLIENT", "PAUSE", "2000", "WRITE");
        var waiting = rare.AcquireAsync(1, leaving.Token).AsTask();
        await Eventually.UntilAsync(
            async () => (await bare.GetServers()[0].InfoAsync("clients"))[0].Any(
            line => line is { Key: "blocked_clients", Value: not "0" }),
            Bound, "the question waits at Redis");
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.WaitAsync(Bound));

        // The question, and the place that is given back.
        await UntilScriptsRanAsync(2);
        await elsewhere.AcquireAsync(1, CancellationToken.None).AsTask().WaitAsync(Bound / 2);
    }

    [Test]
    public async Task A_replica_that_stops_in_the_middle_takes_no_place_with_it()
    {
        using var ending = new CancellationTokenSource();
        using var rare = Limiter(first, perMinute: 1, ending.Token);
        await rare.AcquireAsync(1, CancellationToken.None);
        var line = await bare.GetDatabase().StringGetAsync(name);
        await CommandCount.ResetAsync(bare.GetServers()[0]);
        var waiting = Enumerable.Range(0, 50).Select(_ => rare.AcquireAsync(1, CancellationToken.None).AsTask()).ToArray();
        await UntilScriptsRanAsync(1);

        await ending.CancelAsync();

        foreach (var wait in waiting)
            await Should.ThrowAsync<OperationCanceledException>(() => wait.WaitAsync(Bound));
        (await bare.GetDatabase().StringGetAsync(name)).ShouldBe(line);
    }

    // A clock that stands still, so that only what was granted makes a difference.
    [Test]
    public async Task Who_got_a_place_lets_the_others_go_first()
    {
        var lines = Enumerable.Range(0, 3).Select(_ => new SharedTimeLine(first, name, 60_000_000, new Standing())).ToArray();
        foreach (var line in lines)
            await line.AskAsync(0);
        (await lines[0].AskAsync(1)).Left.ShouldBe(1);

        var soonest = new double[3];
        for (var i = 0; i < 3; i++)
            soonest[i] = (await lines[0].AskAsync(1)).Next;

        (soonest[0] - soonest[1]).ShouldBeGreaterThanOrEqualTo(5000);
        (soonest[1] - soonest[2]).ShouldBeGreaterThanOrEqualTo(5000);
    }

    private sealed class Standing : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }

    [Test]
    public async Task The_unused_rest_of_a_batch_goes_back_unless_the_time_line_has_moved()
    {
        var (interval, redis) = (1_000_000.0, bare.GetDatabase());
        var shared = new SharedTimeLine(first, name, interval, TimeProvider.System);
        var granted = await shared.AskAsync(5);
        granted.Left.ShouldBe(5);
        var before = (long)await redis.StringGetAsync(name);

        await shared.GiveBackAsync(granted.Rest().Rest());
        (await redis.StringGetAsync(name)).ShouldBe(before - 3_000_000);
        (await redis.KeyTimeToLiveAsync(name)).ShouldNotBeNull();

        await shared.GiveBackAsync(granted.Rest().Rest());
        (await redis.StringGetAsync(name)).ShouldBe(before - 3_000_000);
    }

    [Test]
    public async Task A_pause_is_not_shortened_by_a_shorter_one_nor_by_what_is_given_back()
    {
        var shared = new SharedTimeLine(first, name, 1000, TimeProvider.System);
        var granted = await shared.AskAsync(50);
        await one.PauseAsync(TimeSpan.FromMinutes(5));
        var line = await bare.GetDatabase().StringGetAsync(name);

        await one.PauseAsync(TimeSpan.FromMilliseconds(1));
        await other.PauseAsync(TimeSpan.FromSeconds(1));
        await shared.GiveBackAsync(granted);

        (await bare.GetDatabase().StringGetAsync(name)).ShouldBe(line);
    }

    [Test]
    public async Task A_pause_holds_who_waits_already()
    {
        using var slow = Limiter(first, perMinute: 30);
        using var waits = Limiter(second, perMinute: 30);
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
        var life = (await tools.GetDatabase().KeyTimeToLiveAsync(name)).ShouldNotBeNull();
        life.ShouldBeInRange(TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(6));
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

    [Test]
    public async Task The_time_line_always_has_an_end()
    {
        await one.AcquireAsync(1, CancellationToken.None);
        (await bare.GetDatabase().KeyTimeToLiveAsync(name)).ShouldNotBeNull().ShouldBeLessThan(TimeSpan.FromSeconds(5));

        await one.PauseAsync(TimeSpan.FromMinutes(5));
        (await bare.GetDatabase().KeyTimeToLiveAsync(name)).ShouldNotBeNull()
            .ShouldBeInRange(TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(6));
    }

    private Task UntilScriptsRanAsync(int count) => Eventually.UntilAsync(
        async () => (await CommandCount.ReadAsync(bare.GetServers()[0]))["evalsha"] >= count, Bound, $"{count} scripts ran");

    private RedisRateLimiter Limiter(RedisConnection connection, int perMinute = PerMinute, CancellationToken? ending = null) =>
        new(connection, name, perMinute, services.GetRequiredService<WorkerMetrics>(), TimeProvider.System, ending ?? stopping.Token);

    // All at once, as the deliveries of a worker would ask.
    private static async Task<TimeSpan[]> TakeAsync(RedisRateLimiter limiter, int requests, Stopwatch clock) =>
        await Task.WhenAll(
            Enumerable
                .Range(0, requests)
                .Select(async _ =>
                {
                    await limiter.AcquireAsync(1, CancellationToken.None);
                    return clock.Elapsed;
                })
        );
}
