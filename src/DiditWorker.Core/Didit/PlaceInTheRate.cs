using System.Threading.RateLimiting;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using Polly;
using Polly.RateLimiting;

namespace DiditWorker.Didit;

/// <summary>What a request wants of the rate: set on the context of its pipeline.</summary>
public static class PlaceInTheRate
{
    /// <summary>Who gets the next place. Default: before all that have no urgency either.</summary>
    public static readonly ResiliencePropertyKey<Precedence> Precedence = new("diditworker.precedence");

    /// <summary>How long to wait for a place at most, as what is left of the message's hold. Default: without a bound.</summary>
    public static readonly ResiliencePropertyKey<TimeSpan> LongestWait = new("diditworker.longest-wait");

    /// <summary>Ends the wait, and nothing but the wait: a request that is on its way is not abandoned. Default: nothing does.</summary>
    public static readonly ResiliencePropertyKey<CancellationToken> Leaving = new("diditworker.leaving");

    /// <summary>Waits for a place; without one in time the pipeline throws <see cref="RateLimiterRejectedException"/>.</summary>
    internal static RateLimiterStrategyOptions Of(RedisRateLimiter limiter) =>
        new() { RateLimiter = args => AcquireAsync(limiter, args.Context) };

    /// <summary>Waits for a place as the context says.</summary>
    internal static async ValueTask<RateLimitLease> AcquireAsync(RedisRateLimiter limiter, ResilienceContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, context.Properties.GetValue(Leaving, CancellationToken.None));
        return await limiter.AcquireAsync(
            context.Properties.GetValue(Precedence, default),
            context.Properties.GetValue(LongestWait, Timeout.InfiniteTimeSpan), either.Token);
    }
}
