using DiditWorker.Redis;
using DiditWorker.Tests.Simulator;
using Shouldly;

namespace DiditWorker.Tests.Didit;

/// <summary>What tests of the rate do over and over.</summary>
internal static class RateSteps
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    public static async Task GoesAtOnceAsync(this RedisRateLimiter limiter) =>
        (await limiter.AcquireAsync(1, CancellationToken.None).AsTask().WaitAsync(Soon)).IsAcquired.ShouldBeTrue();

    /// <summary>The next one gets its place after this time and not before.</summary>
    public static async Task GoesAfterAsync(this RedisRateLimiter limiter, int milliseconds, SteppedTime time)
    {
        var waiting = limiter.AcquireAsync(1, CancellationToken.None).AsTask();
        (await time.SomebodyWaitsAsync()).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
        waiting.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        (await waiting.WaitAsync(Soon)).IsAcquired.ShouldBeTrue();
    }
}
