using DiditWorker.Redis;
using DiditWorker.Tests.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

// Port 1 of this machine refuses at once: nothing leaves it.
public sealed class When_redis_cannot_hold_the_rate
{
    private RedisConnection redis = null!;
    private CancellationTokenSource stopping = null!;
    private SteppedTime time = null!;
    private RedisRateLimiter limiter = null!;

    [OneTimeSetUp]
    public void Connect() => redis = new("127.0.0.1:1,connectTimeout=100,connectRetry=0");

    [OneTimeTearDown]
    public async Task CloseAsync() => await redis.DisposeAsync();

    [SetUp]
    public void Limit()
    {
        stopping = new();
        time = new();
        limiter = Limiter(perMinute: 60);
    }

    [TearDown]
    public void Dispose()
    {
        limiter.Dispose();
        stopping.Dispose();
    }

    [Test]
    public async Task This_replica_keeps_the_rate_by_itself()
    {
        await limiter.GoesAtOnceAsync();

        await limiter.GoesAfterAsync(1000, time);
        await limiter.GoesAfterAsync(1000, time);
        limiter.Trouble.ShouldNotBeNull();
    }

    [Test]
    public async Task Idle_time_is_not_saved_up_for_a_burst()
    {
        await limiter.GoesAtOnceAsync();
        time.Advance(TimeSpan.FromMinutes(5));

        await limiter.GoesAtOnceAsync();
        await limiter.GoesAfterAsync(1000, time);
    }

    [Test]
    public async Task A_timer_that_is_a_little_late_costs_nothing()
    {
        await limiter.GoesAtOnceAsync();
        time.Advance(TimeSpan.FromMilliseconds(1150));
        await limiter.GoesAtOnceAsync();

        await limiter.GoesAfterAsync(850, time);
    }

    [Test]
    public async Task One_that_is_very_late_is_made_up_for_in_part()
    {
        await limiter.GoesAtOnceAsync();
        time.Advance(TimeSpan.FromMilliseconds(1900));
        await limiter.GoesAtOnceAsync();

        await limiter.GoesAfterAsync(700, time);
    }

    [Test]
    public async Task A_high_rate_is_spread_evenly_as_well()
    {
        using var fast = Limiter(perMinute: 6000);

        await fast.GoesAtOnceAsync();
        for (var i = 0; i < 20; i++)
        {
            await fast.GoesAfterAsync(10, time);
        }
    }

    [Test]
    public async Task After_a_429_nobody_goes_until_it_is_over()
    {
        await limiter.PauseAsync(TimeSpan.FromSeconds(4));

        await limiter.GoesAfterAsync(4000, time);
        await limiter.GoesAfterAsync(1000, time);
    }

    [Test]
    public async Task A_shorter_pause_does_not_shorten_a_longer_one()
    {
        await limiter.PauseAsync(TimeSpan.FromSeconds(4));
        time.Advance(TimeSpan.FromSeconds(1));
        await limiter.PauseAsync(TimeSpan.FromSeconds(1));

        await limiter.GoesAfterAsync(3000, time);
    }

    // The clock of .NET counts from the start of the machine: every phase of a number that runs over must do.
    [TestCase(0)]
    [TestCase(5)]
    [TestCase(10)]
    [TestCase(15)]
    [TestCase(20)]
    [TestCase(3650)]
    public async Task The_first_one_goes_at_once_however_long_the_machine_has_been_running(int days)
    {
        time.Advance(TimeSpan.FromDays(days));

        await limiter.GoesAtOnceAsync();
        await limiter.GoesAfterAsync(1000, time);
    }

    // Nobody sleeps longer than 5 s without asking, and no shorter than a timer can count.
    [TestCase(double.Epsilon, 5000)]
    [TestCase(1e-9, 5000)]
    [TestCase(1, 5000)]
    [TestCase(20, 3000)]
    [TestCase(300, 200)]
    [TestCase(10_000_000, 1)]
    [TestCase(double.MaxValue, 0)]
    public async Task Any_rate_can_be_kept(double perMinute, int milliseconds)
    {
        using var any = Limiter(perMinute);
        await any.GoesAtOnceAsync();

        if (milliseconds == 0)
        {
            await any.GoesAtOnceAsync();
            return;
        }

        var waiting = any.AcquireAsync(1, CancellationToken.None).AsTask();
        (await time.SomebodyWaitsAsync()).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
        waiting.IsCompleted.ShouldBeFalse();
    }

    [TestCase(0)]
    [TestCase(-1)]
    public void A_rate_of_nothing_is_refused(double perMinute) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Limiter(perMinute).Dispose());

    private RedisRateLimiter Limiter(double perMinute) => new(redis, "ratelimit", perMinute, NoMetrics.Create(), time, stopping.Token);
}
