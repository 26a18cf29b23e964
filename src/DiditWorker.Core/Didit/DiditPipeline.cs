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

/// <summary>How requests to Didit are limited, bounded in time and repeated: the one place that says so.</summary>
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
    private readonly RedisRateLimiter _createLimit;
    private readonly Availability _availability;
    private readonly CircuitBreakerStateProvider _circuit = new();
    private readonly DiditOptions _options;

    /// <param name="options">Time-outs.</param>
    /// <param name="createLimit">The shared rate of creates.</param>
    /// <param name="readLimit">The shared rate of look-up requests.</param>
    /// <param name="availability">Told when the circuit opens.</param>
    /// <param name="metrics">Shows the circuit.</param>
    /// <param name="time">The clock.</param>
    public DiditPipeline(
        DiditOptions options, RedisRateLimiter createLimit, RedisRateLimiter readLimit, Availability availability, WorkerMetrics metrics,
        TimeProvider time)
    {
        (_options, _createLimit, _availability) = (options, createLimit, availability);

        // From outermost to innermost.
        _creates = new ResiliencePipelineBuilder<DiditReply> { TimeProvider = time, Name = "didit-create" }.ConfigureTelemetry(MetricsOnly)
            .AddRateLimiter(PlaceInTheRate.Of(createLimit))
            .AddTimeout(options.TotalTimeout)
            .AddRetry(CreateRetry())
            .AddCircuitBreaker(Breaker(_circuit))
            .AddTimeout(options.AttemptTimeout)
            .Build();

        // Each try takes its place in the rate, hence the retry outside. Reads have a circuit of their own: Didit may answer them and no creates.
        // It counts a read with its retries as one: of a message whose look-up always fails there are too few in its time to open it.
        _reads = new ResiliencePipelineBuilder { TimeProvider = time, Name = "didit-read" }.ConfigureTelemetry(MetricsOnly)
            .AddCircuitBreaker(ReadBreaker())
            .AddRetry(ReadRetry())
            .AddRateLimiter(PlaceInTheRate.Of(readLimit))
            .AddTimeout(options.AttemptTimeout)
            .Build();

        metrics.ObserveLimits(options.RequestsPerMinute, options.LookupsPerMinute);
        metrics.ObserveLocalRate(() => createLimit.Trouble is not null, () => readLimit.Trouble is not null);
        metrics.ObserveCircuit(() => _circuit.CircuitState switch
        {
            CircuitState.Closed => 0,
            CircuitState.HalfOpen => 1,
            CircuitState.Open => 2,
            _ => 3,
        });
    }

    /// <summary>The circuit for creates: <c>closed</c>, <c>half-open</c> or <c>open</c>.</summary>
    public string Circuit => _circuit.CircuitState switch
    {
        CircuitState.Closed => "closed",
        CircuitState.HalfOpen => "half-open",
        _ => "open",
    };

    /// <summary>Sends a create until a reply is conclusive, or until an unclear one calls for a look-up.</summary>
    /// <returns>The last reply; a time-out or an open circuit is one too. Only cancellation throws.</returns>
    public async Task<DiditReply> CreateAsync(
        CreateAttempt attempt, Func<CreateAttempt, CancellationToken, Task<DiditReply>> send, CancellationToken cancellation)
    {
        try
        {
            return await _creates.ExecuteAsync(static async (s, token) => await s.send(s.attempt, token), (attempt, send), cancellation);
        }
        catch (TimeoutRejectedException)
        {
            return new(attempt.MaybeSent ? ReplyKind.Ambiguous : ReplyKind.NotSent, "no reply in time");
        }
        catch (RateLimiterRejectedException)
        {
            return new(attempt.MaybeSent ? ReplyKind.Ambiguous : ReplyKind.NotSent, NoPlace);
        }
        catch (BrokenCircuitException exception)
        {
            Pause(exception.RetryAfter ?? _options.BreakDuration);
            return new(attempt.MaybeSent ? ReplyKind.Ambiguous : ReplyKind.NotSent, "the circuit is open");
        }
    }

    /// <summary>Runs one read.</summary>
    /// <exception cref="DiditUnavailableException">It failed, or took too long, several times.</exception>
    public async Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        try
        {
            return await _reads.ExecuteAsync(static async (read, token) => await read(token), read, cancellation);
        }
        catch (TimeoutRejectedException)
        {
            throw new DiditUnavailableException("no reply in time");
        }
        catch (RateLimiterRejectedException)
        {
            throw new DiditUnavailableException(NoPlace);
        }
        catch (BrokenCircuitException exception)
        {
            Pause(exception.RetryAfter ?? _options.BreakDuration);
            throw new DiditUnavailableException("the circuit is open");
        }
    }

    private RetryStrategyOptions<DiditReply> CreateRetry()
    {
        // After an unclear result a look-up comes first, and that is not for this pipeline to do.
        var resend = _options.LookupBeforeResend != LookupBeforeResend.Always;
        return new()
        {
            // The total time-out is the bound.
            MaxRetryAttempts = int.MaxValue,
            ShouldHandle = args => ValueTask.FromResult(args.Outcome switch
            {
                { Exception: TimeoutRejectedException } => resend,
                { Result.Kind: ReplyKind.Ambiguous } => resend,
                { Result.Kind: ReplyKind.NotSent or ReplyKind.Throttled } => true,
                { Result.Kind: ReplyKind.Conflict } => args.AttemptNumber < MostConflicts,
                _ => false,
            }),
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
                    await _createLimit.PauseAsync(throttled.RetryAfter);
                }

                // A retry is a request like any other. Without a place in time nothing is sent any more.
                using var place = await PlaceInTheRate.AcquireAsync(_createLimit, args.Context);
                if (!place.IsAcquired)
                {
                    throw new RateLimiterRejectedException();
                }
            },
        };
    }

    // In a pause a probe is one request.
    private RetryStrategyOptions ReadRetry() => new()
    {
        MaxRetryAttempts = MostReadRetries,
        ShouldHandle = args => ValueTask.FromResult(
            _availability.Current is null && args.Outcome.Exception is DiditUnavailableException or TimeoutRejectedException),
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = FirstDelay,
    };

    private CircuitBreakerStrategyOptions<DiditReply> Breaker(CircuitBreakerStateProvider circuit) => new()
    {
        ShouldHandle = new PredicateBuilder<DiditReply>()
            .Handle<TimeoutRejectedException>()
            .HandleResult(reply => reply.Kind is ReplyKind.NotSent or ReplyKind.Ambiguous),
        FailureRatio = FailureRatio,
        MinimumThroughput = MinimumThroughput,
        SamplingDuration = SamplingDuration,
        BreakDuration = _options.BreakDuration,
        StateProvider = circuit,
        OnOpened = PauseAsync,
    };

    private CircuitBreakerStrategyOptions ReadBreaker() => new()
    {
        ShouldHandle = new PredicateBuilder().Handle<DiditUnavailableException>().Handle<TimeoutRejectedException>(),
        FailureRatio = FailureRatio,
        MinimumThroughput = MinimumThroughput,
        SamplingDuration = SamplingDuration,
        BreakDuration = _options.BreakDuration,
        OnOpened = PauseAsync,
    };

    private ValueTask PauseAsync<T>(OnCircuitOpenedArguments<T> opened)
    {
        Pause(opened.BreakDuration);
        return ValueTask.CompletedTask;
    }

    private void Pause(TimeSpan duration) => _availability.PauseFor(duration, PauseReasons.CircuitOpen, "too many requests to Didit fail");
}
