using DiditWorker.Observability;
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
/// How requests to Didit are limited, bounded in time and repeated. Polly does what is the same for every message: the rate, the time-outs,
/// the retries that
/// are always right, and the circuit, which opens when half of the requests fail. Whose fault a failure is, <see cref="FailurePolicy"/>
/// says.
/// </summary>
public sealed class DiditPipeline
{
    private const int MostReadRetries = 2;
    private const int MostConflicts = 3;
    private const double FailureRatio = 0.5;
    private const int MinimumThroughput = 10;
    private const string NoPlace = "no place in the rate in time";

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SamplingDuration = TimeSpan.FromSeconds(30);

    // The worker logs what matters of it; Polly would log each attempt.
    private static readonly TelemetryOptions MetricsOnly = new() { LoggerFactory = NullLoggerFactory.Instance };

    private readonly ResiliencePipeline<DiditReply> _creates;
    private readonly ResiliencePipeline _reads;
    private readonly CircuitBreakerStateProvider _circuit = new();
    private readonly DiditOptions _options;

    /// <param name="options">Time-outs.</param>
    /// <param name="creates">Creates, which pause while their circuit is open.</param>
    /// <param name="reads">Reads, likewise: Didit may answer the one and not the other.</param>
    /// <param name="createLimit">The shared rate of creates.</param>
    /// <param name="readLimit">The shared rate of look-up requests.</param>
    /// <param name="metrics">Shows the circuit.</param>
    /// <param name="time">The clock.</param>
    public DiditPipeline(
        DiditOptions options, DiditEndpoint creates, DiditEndpoint reads, RedisRateLimiter createLimit, RedisRateLimiter readLimit, WorkerMetrics metrics,
        TimeProvider time)
    {
        (_options, Creates, Reads) = (options, creates, reads);

        // After an outage that only look-ups have met, what they let through comes at once.
        reads.Reopened = creates.Gate.Ramp;

        // From outermost to innermost.
        _creates = new ResiliencePipelineBuilder<DiditReply> { TimeProvider = time, Name = "didit-create" }.ConfigureTelemetry(MetricsOnly)
            .AddRateLimiter(PlaceInTheRate.Of(createLimit))
            .AddTimeout(options.TotalTimeout)
            .AddRetry(CreateRetry(createLimit))
            .AddCircuitBreaker(CreateCircuit(creates))
            .AddTimeout(options.AttemptTimeout)
            .Build();

        // Each try takes its place in the rate, hence the retry outside. The circuit counts a read with its retries as one.
        _reads = new ResiliencePipelineBuilder { TimeProvider = time, Name = "didit-read" }.ConfigureTelemetry(MetricsOnly)
            .AddCircuitBreaker(ReadCircuit(reads))
            .AddRetry(ReadRetry(reads, readLimit))
            .AddRateLimiter(PlaceInTheRate.Of(readLimit))
            .AddTimeout(options.AttemptTimeout)
            .Build();

        metrics.ObserveLimits(options.RequestsPerMinute, options.LookupsPerMinute);
        metrics.ObserveLocalRate(() => createLimit.Trouble is not null, () => readLimit.Trouble is not null);
        metrics.ObservePause(() => creates.Gate.Current?.Reason, () => reads.Gate.Current?.Reason, PauseReasons.All);
        metrics.ObserveCircuit(() => _circuit.CircuitState switch
        {
            CircuitState.Closed => 0,
            CircuitState.HalfOpen => 1,
            CircuitState.Open => 2,
            _ => 3,
        });
    }

    /// <summary>Creates.</summary>
    public DiditEndpoint Creates { get; }

    /// <summary>Lists and decisions.</summary>
    public DiditEndpoint Reads { get; }

    /// <summary>The one of this kind.</summary>
    public DiditEndpoint Of(Operation operation) => operation == Operation.Create ? Creates : Reads;

    /// <summary>The circuit for creates: <c>closed</c>, <c>half-open</c> or <c>open</c>.</summary>
    public string Circuit => _circuit.CircuitState switch
    {
        CircuitState.Closed => "closed",
        CircuitState.HalfOpen => "half-open",
        _ => "open",
    };

    /// <summary>Sends one create; again only after a 429, or a few times after a 409.</summary>
    /// <param name="send">Sends it. A time-out after it was called leaves the outcome unknown.</param>
    /// <param name="longestWait">How long to wait for a place in the rate at most.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The last reply; a time-out or an open circuit is one too. Only cancellation throws.</returns>
    public async Task<DiditReply> CreateAsync(
        Func<CancellationToken, Task<DiditReply>> send, TimeSpan longestWait, CancellationToken cancellation)
    {
        var sending = false;
        var made = false;
        var context = ResilienceContextPool.Shared.Get(cancellation);
        context.Properties.Set(PlaceInTheRate.LongestWait, longestWait);
        try
        {
            var last = await _creates.ExecuteAsync(
                async context =>
                {
                    sending = true;
                    var reply = await send(context.CancellationToken);
                    sending = false;
                    made |= reply.MaybeMade;
                    return reply;
                },
                context);

            // Once Didit has said that it knows the key, no later reply makes that undone.
            return made && last.Kind is ReplyKind.NotSent or ReplyKind.Withheld or ReplyKind.Throttled
                ? new(ReplyKind.Conflict, "409, then " + last.Why)
                : last;
        }
        catch (TimeoutRejectedException)
        {
            return new(Unless(ReplyKind.NotSent), "no reply in time");
        }
        catch (RateLimiterRejectedException)
        {
            return new(Unless(ReplyKind.Withheld), NoPlace);
        }
        catch (BrokenCircuitException exception)
        {
            Creates.OpenCircuit(exception.RetryAfter ?? _options.BreakDuration);
            return new(Unless(ReplyKind.NotSent), "the circuit is open");
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }

        ReplyKind Unless(ReplyKind nothingSent) => sending || made ? ReplyKind.Ambiguous : nothingSent;
    }

    /// <summary>Runs one read.</summary>
    /// <exception cref="ReadFailedException">It failed, or took too long, several times.</exception>
    public async Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        try
        {
            return await _reads.ExecuteAsync(static async (read, token) => await read(token), read, cancellation);
        }
        catch (TimeoutRejectedException)
        {
            throw new ReadFailedException("no reply in time");
        }
        catch (RateLimiterRejectedException)
        {
            throw new ReadFailedException(new DiditReply(ReplyKind.Withheld, NoPlace));
        }
        catch (BrokenCircuitException exception)
        {
            Reads.OpenCircuit(exception.RetryAfter ?? _options.BreakDuration);
            throw new ReadFailedException(new DiditReply(ReplyKind.NotSent, "the circuit is open"));
        }
    }

    private static RetryStrategyOptions<DiditReply> CreateRetry(RedisRateLimiter limit) => new()
    {
        // The total time-out is the bound.
        MaxRetryAttempts = int.MaxValue,
        ShouldHandle = args => ValueTask.FromResult(
            args.Outcome.Result?.Kind == ReplyKind.Throttled
            || (args.Outcome.Result?.Kind == ReplyKind.Conflict && args.AttemptNumber < MostConflicts)),
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
        MaxRetryAttempts = MostReadRetries,
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

    private CircuitBreakerStrategyOptions<DiditReply> CreateCircuit(DiditEndpoint creates) => new()
    {
        ShouldHandle = new PredicateBuilder<DiditReply>()
            .Handle<TimeoutRejectedException>()
            .HandleResult(reply => reply.Kind is ReplyKind.NotSent or ReplyKind.Ambiguous),
        FailureRatio = FailureRatio,
        MinimumThroughput = MinimumThroughput,
        SamplingDuration = SamplingDuration,
        BreakDuration = _options.BreakDuration,
        StateProvider = _circuit,
        OnOpened = opened => PauseAsync(creates, opened.BreakDuration),
    };

    private CircuitBreakerStrategyOptions ReadCircuit(DiditEndpoint reads) => new()
    {
        ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is TimeoutRejectedException
            or ReadFailedException { Reply.Kind: ReplyKind.Ambiguous or ReplyKind.NotSent }),
        FailureRatio = FailureRatio,
        MinimumThroughput = MinimumThroughput,
        SamplingDuration = SamplingDuration,
        BreakDuration = _options.BreakDuration,
        OnOpened = opened => PauseAsync(reads, opened.BreakDuration),
    };

    private static ValueTask PauseAsync(DiditEndpoint endpoint, TimeSpan duration)
    {
        endpoint.OpenCircuit(duration);
        return ValueTask.CompletedTask;
    }
}
