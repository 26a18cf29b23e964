using DiditWorker.Protocol;
using DiditWorker.Redis;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Retry;
using Polly.Telemetry;
using Polly.Timeout;

namespace DiditWorker.Didit;

/// <summary>
/// What Polly does, which is the same for every message: the rate, the time-outs, the retries that are always right, and the circuit, which
/// opens when half of the requests fail.
/// </summary>
internal static class DiditResilience
{
    private const int MaxReadRetries = 2;
    private const int MaxConflicts = 3;
    private const double FailureRatio = 0.5;
    private const int MinimumThroughput = 10;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SamplingDuration = TimeSpan.FromSeconds(30);

    // The worker logs what matters of it; Polly would log each attempt.
    private static readonly TelemetryOptions MetricsOnly = new() { LoggerFactory = NullLoggerFactory.Instance };

    /// <summary>For creates, from outermost to innermost.</summary>
    public static ResiliencePipeline<DiditReply> Creates(
        DiditOptions options, DiditEndpoint creates, RedisRateLimiter limit, CircuitBreakerStateProvider circuit, TimeProvider time) =>
        new ResiliencePipelineBuilder<DiditReply> { TimeProvider = time, Name = "didit-create" }.ConfigureTelemetry(MetricsOnly)
            .AddRateLimiter(PlaceInTheRate.Of(limit))
            .AddTimeout(options.TotalTimeout)
            .AddRetry(CreateRetry(limit))
            .AddCircuitBreaker(CreateCircuit(creates, options.BreakDuration, circuit))
            .AddTimeout(options.AttemptTimeout)
            .Build();

    /// <summary>
    /// For reads, likewise. Each try takes its place in the rate, hence the retry outside. The circuit counts a read with its retries as
    /// one.
    /// </summary>
    public static ResiliencePipeline Reads(DiditOptions options, DiditEndpoint reads, RedisRateLimiter limit, TimeProvider time) =>
        new ResiliencePipelineBuilder { TimeProvider = time, Name = "didit-read" }.ConfigureTelemetry(MetricsOnly)
            .AddCircuitBreaker(ReadCircuit(reads, options.BreakDuration))
            .AddRetry(ReadRetry(reads, limit))
            .AddRateLimiter(PlaceInTheRate.Of(limit))
            .AddTimeout(options.AttemptTimeout)
            .Build();

    private static RetryStrategyOptions<DiditReply> CreateRetry(RedisRateLimiter limit) => new()
    {
        // The total time-out is the bound.
        MaxRetryAttempts = int.MaxValue,
        ShouldHandle = args => ValueTask.FromResult(
            args.Outcome.Result?.Kind == ReplyKind.Throttled
            || (args.Outcome.Result?.Kind == ReplyKind.Conflict && args.AttemptNumber < MaxConflicts)),
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = FirstDelay,
        MaxDelay = LongestDelay,

        // After a 429 the shared limit makes everybody wait; null: the exponential delay.
        DelayGenerator = args => ValueTask.FromResult(
            args.Outcome.Result is { Kind: ReplyKind.Throttled } ? TimeSpan.Zero : (TimeSpan?)null),
        OnRetry = async args =>
        {
            if (args.Outcome.Result is { Kind: ReplyKind.Throttled } throttled)
            {
                await limit.PauseAsync(throttled.RetryAfter);
            }

            // A retry is a request like any other. Without a place in time nothing is sent any more.
            using var place = await PlaceInTheRate.AcquireAsync(limit, args.Context);
            if (!place.IsAcquired)
            {
                throw new RateLimiterRejectedException();
            }
        },
    };

    // In a pause a probe is one request. After a 429 the shared limit, which each try asks, makes everybody wait.
    private static RetryStrategyOptions ReadRetry(DiditEndpoint reads, RedisRateLimiter limit) => new()
    {
        MaxRetryAttempts = MaxReadRetries,
        ShouldHandle = args => ValueTask.FromResult(reads.Gate.Current is null && args.Outcome.Exception switch
        {
            TimeoutRejectedException => true,
            ReadFailedException failed => failed.Reply.Kind is ReplyKind.Ambiguous or ReplyKind.NotSent or ReplyKind.Throttled,
            _ => false,
        }),
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = FirstDelay,
        OnRetry = async args =>
        {
            if (args.Outcome.Exception is ReadFailedException { Reply: { Kind: ReplyKind.Throttled } throttled })
            {
                await limit.PauseAsync(throttled.RetryAfter);
            }
        },
    };

    private static CircuitBreakerStrategyOptions<DiditReply> CreateCircuit(
        DiditEndpoint creates, TimeSpan breakDuration, CircuitBreakerStateProvider circuit) => new()
        {
            ShouldHandle = new PredicateBuilder<DiditReply>()
            .Handle<TimeoutRejectedException>()
            .HandleResult(reply => reply.Kind is ReplyKind.NotSent or ReplyKind.Ambiguous),
            FailureRatio = FailureRatio,
            MinimumThroughput = MinimumThroughput,
            SamplingDuration = SamplingDuration,
            BreakDuration = breakDuration,
            StateProvider = circuit,
            OnOpened = opened => PauseAsync(creates, opened.BreakDuration),
        };

    private static CircuitBreakerStrategyOptions ReadCircuit(DiditEndpoint reads, TimeSpan breakDuration) => new()
    {
        ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is TimeoutRejectedException
            or ReadFailedException { Reply.Kind: ReplyKind.Ambiguous or ReplyKind.NotSent }),
        FailureRatio = FailureRatio,
        MinimumThroughput = MinimumThroughput,
        SamplingDuration = SamplingDuration,
        BreakDuration = breakDuration,
        OnOpened = opened => PauseAsync(reads, opened.BreakDuration),
    };

    private static ValueTask PauseAsync(DiditEndpoint endpoint, TimeSpan duration)
    {
        endpoint.OpenCircuit(duration);
        return ValueTask.CompletedTask;
    }
}
