using DiditWorker.Redis;
using DiditWorker.Tests.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

// Port 1 of this machine refuses at once: nothing leaves it.
public sealed class When_redis_cannot_hold_the_rate
{
    private RedisConnection _redis = null!;
    private CancellationTokenSource _stopping = null!;
    private SteppedTime _time = null!;
    private RedisRateLimiter _limiter = null!;

    [OneTimeSetUp]
    public void Connect() => _redis = new("127.0.0.1:1,connectTimeout=100,connectRetry=0");

    [OneTimeTearDown]
    public async Task CloseAsync() => await _redis.DisposeAsync();

    [SetUp]
    public void Limit()
    {
        _stopping = new();
        _time = new();
        _limiter = Limiter(perMinute: 60);
    }

    [TearDown]
    public void Dispose()
    {
        _limiter.Dispose();
        _stopping.Dispose();
    }

    [Test]
    public async Task This_replica_keeps_the_rate_by_itself()
    {
        await _limiter.GoesAtOnceAsync();

        await _limiter.GoesAfterAsync(1000, _time);
        await _limiter.GoesAfterAsync(1000, _time);
        _limiter.Trouble.ShouldNotBeNull();
    }

    [Test]
    public async Task Idle_time_is_not_saved_up_for_a_burst()
    {
        await _limiter.GoesAtOnceAsync();
        _time.Advance(TimeSpan.FromMinutes(5));

        await _limiter.GoesAtOnceAsync();
        await _limiter.GoesAfterAsync(1000, _time);
    }

    [Test]
    public async Task A_timer_that_is_a_little_late_costs_nothing()
    {
        await _limiter.GoesAtOnceAsync();
        _time.Advance(TimeSpan.FromMilliseconds(1150));
        await _limiter.GoesAtOnceAsync();

        await _limiter.GoesAfterAsync(850, _time);
    }

    [Test]
    public async Task One_that_is_very_late_is_made_up_for_in_part()
    {
        await _limiter.GoesAtOnceAsync();
        _time.Advance(TimeSpan.FromMilliseconds(1900));
        await _limiter.GoesAtOnceAsync();

        await _limiter.GoesAfterAsync(700, _time);
    }

    [Test]
    public async Task A_high_rate_is_spread_evenly_as_well()
    {
        using var fast = Limiter(perMinute: 6000);

        await fast.GoesAtOnceAsync();
        for (var i = 0; i < 20; i++)
        {
            await fast.GoesAfterAsync(10, _time);
        }
    }

    [Test]
    public async Task After_a_429_nobody_goes_until_it_is_over()
    {
        await _limiter.PauseAsync(TimeSpan.FromSeconds(4));

        await _limiter.GoesAfterAsync(4000, _time);
        await _limiter.GoesAfterAsync(1000, _time);
    }

    [Test]
    public async Task A_shorter_pause_does_not_shorten_a_longer_one()
    {
        await _limiter.PauseAsync(TimeSpan.FromSeconds(4));
        _time.Advance(TimeSpan.FromSeconds(1));
        await _limiter.PauseAsync(TimeSpan.FromSeconds(1));

        await _limiter.GoesAfterAsync(3000, _time);
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
        _time.Advance(TimeSpan.FromDays(days));

        await _limiter.GoesAtOnceAsync();
        await _limiter.GoesAfterAsync(1000, _time);
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
        (await _time.SomebodyWaitsAsync()).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
        waiting.IsCompleted.ShouldBeFalse();
    }

    [TestCase(0)]
    [TestCase(-1)]
    public void A_rate_of_nothing_is_refused(double perMinute) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Limiter(perMinute).Dispose());

    private RedisRateLimiter Limiter(double perMinute) => new(_redis, "ratelimit", perMinute, NoMetrics.Create(), _time, _stopping.Token);
}
