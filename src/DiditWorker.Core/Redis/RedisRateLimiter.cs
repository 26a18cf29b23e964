using System.Diagnostics;
using System.Threading.RateLimiting;
using DiditWorker.Observability;
using DiditWorker.Protocol;

namespace DiditWorker.Redis;

/// <summary>
/// A rate that all replicas share. Places are taken from Redis when they are due and somebody waits for them: one loop asks for all who
/// wait, for at most 100 ms worth of places, and gives each to the first in precedence at its time. So a replica that stops holds nothing
/// back.
/// </summary>
public sealed class RedisRateLimiter : RateLimiter
{
    // 31 years: a longer one would leave no digits for microseconds.
    private const double MaxInterval = 1e15;

    // What has changed meanwhile is soon seen: a place given back, a new Redis. And who asks less than once a minute counts for no replica.
    private static readonly TimeSpan MaxSleep = TimeSpan.FromSeconds(5);

    // A timer takes no more than 49 days.
    private static readonly TimeSpan MaxBound = TimeSpan.FromDays(49);

    private readonly CancellationTokenSource _ending;
    private readonly CancellationToken _ended;
    private readonly SharedTimeLine _line;
    private readonly RateQueue _queue;
    private readonly WorkerMetrics _metrics;
    private readonly TimeProvider _time;

    /// <param name="redis">Holds the time line.</param>
    /// <param name="redisKey">Its name, with a hash tag.</param>
    /// <param name="perMinute">The rate; more than 0.</param>
    /// <param name="metrics">Shows the waits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stopping">Ends the waits at shutdown, while requests that are under way may finish.</param>
    public RedisRateLimiter(
        RedisConnection redis, string redisKey, double perMinute, WorkerMetrics metrics, TimeProvider time, CancellationToken stopping)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perMinute);
        (_metrics, _time, _queue) = (metrics, time, new(time));
        _line = new(redis, redisKey, Math.Min(60_000_000 / perMinute, MaxInterval), time);
        _ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _ended = _ending.Token;
        _ended.UnsafeRegister(_ => _queue.EndAll(waiter => waiter.TrySetCanceled(_ended)), state: null);
    }

    /// <summary>Why this replica keeps to its share of the rate by itself; null while the rate is shared.</summary>
    public Exception? Trouble => _line.Trouble;

    /// <summary>Whether the rate may change, see <see cref="ChangeTo"/>. Default: it is as set, whatever others have learnt.</summary>
    public bool Adapts { set => _line.Adapts = value; }

    /// <summary>The rate in force.</summary>
    public double PerMinute => 60_000_000 / _line.Interval;

    /// <summary><see cref="Didit.DiditOptions.AgeingPercent"/>. Default 0: the rest waits for as long as more urgent ones come.</summary>
    public int AgeingPercent { set => _queue.AgeingPercent = value; }

    /// <summary>For how long nobody has waited; null while somebody waits.</summary>
    public override TimeSpan? IdleDuration => _queue.IdleDuration;

    /// <inheritdoc />
    public override RateLimiterStatistics GetStatistics() => _queue.Statistics();

    /// <summary>Waits for a place.</summary>
    /// <param name="precedence">Who goes first; equal ones in the order of their coming.</param>
    /// <param name="longest">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/>: without a bound.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>A lease; it is not acquired if there was no place in time.</returns>
    /// <exception cref="OperationCanceledException">Cancelled, or the worker is stopping.</exception>
    public async ValueTask<RateLimitLease> AcquireAsync(Precedence precedence, TimeSpan longest, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var started = Stopwatch.GetTimestamp();
        var waiter = _queue.Add(precedence, _ended, out var unserved);
        if (unserved)
        {
            // Without the context of this one: the loop works for others as well.
            ThreadPool.UnsafeQueueUserWorkItem(static limiter => _ = limiter.DispatchAsync(), this, preferLocal: false);
        }

        await using var leaving = cancellation.UnsafeRegister(
            _ => _queue.Leave(waiter, w => w.TrySetCanceled(cancellation)), state: null);
        await using var bound = longest == Timeout.InfiniteTimeSpan || longest > MaxBound ? null : _time.CreateTimer(
            _ => _queue.Leave(waiter, w => w.Refuse()), state: null, longest > TimeSpan.Zero ? longest : TimeSpan.Zero,
            Timeout.InfiniteTimeSpan);
        var lease = await waiter.Task;
        if (lease.IsAcquired)
        {
            _metrics.WaitedForRateLimit(Stopwatch.GetElapsedTime(started));
        }

        return lease;
    }

    /// <summary>Another rate from now on; the other replicas learn of it as soon as this one asks for its next place.</summary>
    /// <param name="perMinute">More than 0.</param>
    public void ChangeTo(double perMinute) => _line.ChangeTo(Math.Min(60_000_000 / perMinute, MaxInterval));

    /// <summary>Asks Redis without taking a place, so that <see cref="Trouble"/> says how it is now.</summary>
    public Task TryAsync() => _line.AskAsync(places: 0);

    /// <summary>
    /// Didit says that the rate is exceeded: no replica gets a place before this time is over, and this one uses none that it holds. A
    /// shorter pause does not shorten a longer one.
    /// </summary>
    public Task PauseAsync(TimeSpan duration)
    {
        _line.Pause(duration);
        _queue.Drop();
        return _line.AskAsync(places: 0);
    }

    /// <summary>Never acquires: only Redis knows whether a place is due.</summary>
    protected override RateLimitLease AttemptAcquireCore(int permitCount) => RateLease.Refused;

    /// <summary>Waits for one place, with urgency 0 and without a bound.</summary>
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(permitCount, 1);
        return AcquireAsync(default, Timeout.InfiniteTimeSpan, cancellationToken);
    }

    /// <summary>Ends all waits.</summary>
    protected override void Dispose(bool disposing)
    {
        if (!_ended.IsCancellationRequested)
        {
            _ending.Cancel();
        }

        _ending.Dispose();
        base.Dispose(disposing);
    }

    private async Task DispatchAsync()
    {
        var unused = default(Places);
        try
        {
            unused = await ServeAsync();
        }
        catch (Exception exception)
        {
            // Whatever it is: those that wait learn of it, and the next one starts again.
            _queue.EndAll(waiter => waiter.TrySetException(exception));
        }

        await _line.GiveBackAsync(unused);
    }

    // Runs while somebody waits. Returns what those held that left.
    private async Task<Places> ServeAsync()
    {
        while (true)
        {
            var (waiting, held, pauses) = _queue.HandOut(_line.Now);
            if (waiting == 0)
            {
                return held;
            }

            if (held.Left == 0)
            {
                held = await _line.AskAsync((int)Math.Min(waiting, Math.Clamp(PerMinute / 600, 1, int.MaxValue)));
                _queue.Hold(held, pauses);
            }

            await SleepUntilAsync(held.Next);
        }
    }

    // Timers count whole milliseconds: rather a little late, which costs nothing, than early.
    private async Task SleepUntilAsync(double moment)
    {
        var milliseconds = Math.Ceiling((moment - _line.Now - TimeLine.Step) / 1000);
        if (milliseconds > 0)
        {
            var sleep = TimeSpan.FromMilliseconds(Math.Min(milliseconds, MaxSleep.TotalMilliseconds));
            await Task.Delay(sleep, _time, _ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
