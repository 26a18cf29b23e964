using DiditWorker.Redis;
using DiditWorker.Tests.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

// Port 1 of this machine refuses at once: nothing leaves it.
public sealed class When_redis_cannot_hold_the_rate
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    private RedisConnection redis = null!;
    private CancellationTokenSource stopping = null!;
    private SteppedTime time = null!;
    private SharedRateLimiter limiter = null!;

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
        await GoesAtOnceAsync();

        await GoesAfterAsync(1000);
        await GoesAfterAsync(1000);
    }

    [Test]
    public async Task Idle_time_is_not_saved_up_for_a_burst()
    {
        await GoesAtOnceAsync();
        time.Advance(TimeSpan.FromMinutes(5));

        await GoesAtOnceAsync();
        await GoesAfterAsync(1000);
    }

    [Test]
    public async Task A_high_rate_is_spread_evenly_as_well()
    {
        using var fast = limiter = Limiter(perMinute: 6000);

        await GoesAtOnceAsync();
        for (var i = 0; i < 20; i++)
        {
            await GoesAfterAsync(10);
        }
    }

    [Test]
    public async Task After_a_429_nobody_goes_until_it_is_over()
    {
        await limiter.PauseAsync(TimeSpan.FromSeconds(30));

        await GoesAfterAsync(30_000);
        await GoesAfterAsync(1000);
    }

    // The clock of .NET counts from the start of the machine: every phase of a number that runs over must do.
    [TestCase(0)]
    [TestCase(5)]
    [TestCase(10)]
    [TestCase(15)]
    [TestCase(20)]
    public async Task The_first_one_goes_at_once_however_long_the_machine_has_been_running(int days)
    {
        time.Advance(TimeSpan.FromDays(days));

        await GoesAtOnceAsync();
        await GoesAfterAsync(1000);
    }

    [Test]
    public async Task A_stop_of_the_worker_ends_the_waiting()
    {
        await GoesAtOnceAsync();
        var waiting = limiter.WaitAsync(CancellationToken.None).AsTask();
        await time.SomebodyWaitsAsync();

        await stopping.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    [Test]
    public async Task Who_leaves_does_not_hold_up_the_next_one()
    {
        await GoesAtOnceAsync();
        using var leaving = new CancellationTokenSource();
        var waiting = limiter.WaitAsync(leaving.Token).AsTask();
        await time.SomebodyWaitsAsync();
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);

        await GoesAfterAsync(2000);
    }

    private SharedRateLimiter Limiter(int perMinute) => new(redis, "ratelimit", perMinute, NoMetrics.Create(), time, stopping.Token);

    private Task GoesAtOnceAsync() => limiter.WaitAsync(CancellationToken.None).AsTask().WaitAsync(Soon);

    private async Task GoesAfterAsync(int milliseconds)
    {
        var waiting = limiter.WaitAsync(CancellationToken.None).AsTask();
        await time.SomebodyWaitsAsync().WaitAsync(Soon);
        time.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
        waiting.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(1));
        await waiting.WaitAsync(Soon);
    }
}
