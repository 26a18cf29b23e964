using System.Diagnostics;
using System.Globalization;
using DiditWorker.Observability;
using StackExchange.Redis;

namespace DiditWorker.Redis;

/// <summary>
/// A rate that all replicas share, as evenly spaced places on one time line in Redis. Without bursts the count in any 60 seconds stays
/// within the rate, which is how Didit counts (sliding window). Places are taken in batches of at most 100 ms worth, so that a high rate
/// does not cost a round trip per request.
/// </summary>
/// <param name="redis">Holds the time line.</param>
/// <param name="redisKey">Its name, with a hash tag.</param>
/// <param name="perMinute">The rate.</param>
/// <param name="metrics">Shows the waits.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">Ends the waits at shutdown, while requests that are under way may finish.</param>
public sealed class SharedRateLimiter(
    RedisConnection redis, string redisKey, double perMinute, WorkerMetrics metrics, TimeProvider time, CancellationToken stopping) : IDisposable
{
    // A place that was not used in time is given up: using old ones in a row would be a burst.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);
    private static readonly RedisScript Script = RedisScript.Of("ratelimit");

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Queue<long> _places = new();
    private readonly RedisKey[] _keys = [redisKey, redisKey + ":replicas"];
    private readonly string _name = OwnerToken.Create();
    private readonly long _interval = (long)(60_000_000 / perMinute);
    private readonly int _batch = Math.Max(1, (int)(perMinute / 600));
    private volatile Exception? _trouble;
    private long _localNext;
    private long _replicas = 1;

    /// <summary>Why this replica keeps to its share of the rate by itself; null while the rate is shared.</summary>
    public Exception? Trouble => _trouble;

    /// <summary>Waits for a place and takes it.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, or the worker is stopping.</exception>
    public async ValueTask WaitAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopping);
        await _one.WaitAsync(linked.Token);
        TimeSpan wait;
        try
        {
            wait = await NextAsync();
        }
        finally
        {
            _one.Release();
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, linked.Token);
        }

        metrics.WaitedForRateLimit(Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Asks Redis without taking a place, so that <see cref="Trouble"/> says how it is now.</summary>
    public async Task TryAsync()
    {
        await _one.WaitAsync(CancellationToken.None);
        try
        {
            await ReserveAsync(places: 0, TimeSpan.Zero);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Didit says that the rate is exceeded: nobody gets a place before this time is over.</summary>
    public async Task PauseAsync(TimeSpan duration)
    {
        await _one.WaitAsync(CancellationToken.None);
        try
        {
            _places.Clear();
            await ReserveAsync(places: 0, duration);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    private async Task<TimeSpan> NextAsync()
    {
        while (_places.TryDequeue(out var place))
        {
            if (time.GetElapsedTime(place) < LongestDelay)
            {
                return -time.GetElapsedTime(place);
            }
        }

        // The clock is read after the reply: a late one must not make the place an early one.
        var untilFirst = await ReserveAsync(_batch, TimeSpan.Zero);
        var first = time.GetTimestamp() + (untilFirst * time.TimestampFrequency / 1_000_000);
        for (var i = 1; i < _batch; i++)
        {
            _places.Enqueue(first + (i * _interval * time.TimestampFrequency / 1_000_000));
        }

        return -time.GetElapsedTime(first);
    }

    private async Task<long> ReserveAsync(int places, TimeSpan pause)
    {
        try
        {
            var reply = (RedisResult[])(await Script.RunAsync(
                await redis.DatabaseAsync(), _keys, [_interval, places, (long)pause.TotalMilliseconds, _name]))!;
            _replicas = Math.Max(1, (long)reply[1]);
            _trouble = null;
            return long.Parse((string)reply[0]!, CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            _trouble = exception;
            return ReserveLocally(places, pause);
        }
    }

    // Without Redis this replica keeps to its share, as far as it knew the others last.
    private long ReserveLocally(int places, TimeSpan pause)
    {
        // In two steps: nanoseconds since the start of the machine, times a million, overflow after two and a half hours.
        var (seconds, rest) = Math.DivRem(time.GetTimestamp(), time.TimestampFrequency);
        var now = (seconds * 1_000_000) + (rest * 1_000_000 / time.TimestampFrequency);
        var next = Math.Max(_localNext, now + (long)pause.TotalMicroseconds);
        _localNext = next + (_interval * _replicas * places);
        return next - now;
    }
}
