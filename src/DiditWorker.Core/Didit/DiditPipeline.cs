using DiditWorker.Observability;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

namespace DiditWorker.Didit;

/// <summary>
/// Sends requests to Didit through <see cref="DiditResilience"/>, and makes a reply of whatever ends them. Whose fault a failure is,
/// <see cref="FailurePolicy"/> says.
/// </summary>
public sealed class DiditPipeline
{
    /// <summary>
    /// Of a limit, how much is used: requests do not travel equally fast, and two that arrive closer than they left must not be one too
    /// many. <c>TimeLine</c> shows that this suffices for any rate.
    /// </summary>
    public const double UsedShare = 0.985;

    private const string NoPlace = "no place in the rate in time";

    private readonly ResiliencePipeline<DiditReply> _creates;
    private readonly ResiliencePipeline _reads;
    private readonly CircuitBreakerStateProvider _circuit = new();
    private readonly RedisRateLimiter _createLimit;
    private readonly TimeProvider _time;

    /// <param name="options">Time-outs.</param>
    /// <param name="creates">Creates, which pause while their circuit is open.</param>
    /// <param name="reads">Reads, likewise: Didit may answer the one and not the other.</param>
    /// <param name="createLimit">The shared rate of creates.</param>
    /// <param name="readLimit">The shared rate of look-up requests.</param>
    /// <param name="metrics">Shows the circuit.</param>
    /// <param name="time">The clock.</param>
    public DiditPipeline(
        DiditOptions options, DiditEndpoint creates, DiditEndpoint reads, RedisRateLimiter createLimit, RedisRateLimiter readLimit,
        WorkerMetrics metrics, TimeProvider time)
    {
        (Options, Creates, Reads, _createLimit, _time) = (options, creates, reads, createLimit, time);

        // After an outage that only look-ups have met, what they let through comes at once.
        reads.OnReopened = creates.Gate.Ramp;

        _creates = DiditResilience.Creates(options, creates, createLimit, _circuit, time);
        _reads = DiditResilience.Reads(options, reads, readLimit, time);

        metrics.ObserveLimits(() => CreatesPerMinute, options.LookupsPerMinute);
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

    /// <summary>Rates and time-outs.</summary>
    public DiditOptions Options { get; }

    /// <summary>Creates.</summary>
    public DiditEndpoint Creates { get; }

    /// <summary>Learns the rate of creates from Didit; null: it is as set.</summary>
    public AdaptiveRate? Adaptive { get; init; }

    /// <summary>Creates allowed a minute, all replicas together: as set, or as learnt.</summary>
    public int CreatesPerMinute => Adaptive is null ? Options.RequestsPerMinute : (int)Math.Round(_createLimit.PerMinute / UsedShare);

    /// <summary>Creates that wait for a place in the rate.</summary>
    public long WaitingForTheRate => _createLimit.GetStatistics()!.CurrentQueuedCount;

    /// <summary>How many creates there may be on a day; null: as many as come.</summary>
    public CreateBudget? Budget { get; init; }

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
    /// <param name="precedence">Who gets the next place in the rate.</param>
    /// <param name="longestWait">How long to wait for it at most.</param>
    /// <param name="cancellation">
    /// Ends a wait for a place. A create that is on its way ends with its reply or its time-out: Didit would go on with an abandoned one,
    /// while another delivery already looked for its session.
    /// </param>
    /// <returns>The last reply; a time-out or an open circuit is one too.</returns>
    /// <exception cref="OperationCanceledException">Cancelled, and nothing was sent that Didit may have made a session of.</exception>
    public async Task<DiditReply> CreateAsync(
        Func<CancellationToken, Task<DiditReply>> send, Precedence precedence, TimeSpan longestWait, CancellationToken cancellation)
    {
        var sending = false;
        var made = false;
        var context = ResilienceContextPool.Shared.Get(CancellationToken.None);
        context.Properties.Set(PlaceInTheRate.Precedence, precedence);
        context.Properties.Set(PlaceInTheRate.LongestWait, longestWait);
        context.Properties.Set(PlaceInTheRate.Leaving, cancellation);
        try
        {
            var last = await _creates.ExecuteAsync(
                async context =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    sending = true;
                    var sent = _time.GetUtcNow();
                    var reply = await send(context.CancellationToken);
                    sending = false;
                    if (reply.Rate is { } told && Adaptive is { } adaptive)
                    {
                        await adaptive.HearAsync(told, sent);
                    }

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
        catch (OperationCanceledException) when (made)
        {
            return new(ReplyKind.Conflict, "409, then the worker stopped");
        }
        catch (BrokenCircuitException exception)
        {
            Creates.OpenCircuit(exception.RetryAfter ?? Options.BreakDuration);
            return new(Unless(ReplyKind.NotSent), "the circuit is open");
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }

        ReplyKind Unless(ReplyKind nothingSent) => sending || made ? ReplyKind.Ambiguous : nothingSent;
    }

    /// <summary>Runs one read that no message waits for.</summary>
    /// <exception cref="ReadFailedException">It failed, or took too long, several times.</exception>
    public Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellation) =>
        ReadAsync(read, default, cancellation);

    /// <summary>Runs one read.</summary>
    /// <exception cref="ReadFailedException">It failed, or took too long, several times.</exception>
    public async Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> read, Precedence precedence, CancellationToken cancellation)
    {
        var context = ResilienceContextPool.Shared.Get(cancellation);
        context.Properties.Set(PlaceInTheRate.Precedence, precedence);
        try
        {
            return await _reads.ExecuteAsync(static async (context, read) => await read(context.CancellationToken), context, read);
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
            Reads.OpenCircuit(exception.RetryAfter ?? Options.BreakDuration);
            throw new ReadFailedException(new DiditReply(ReplyKind.NotSent, "the circuit is open"));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
