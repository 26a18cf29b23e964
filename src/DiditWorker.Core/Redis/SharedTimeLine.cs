using System.Globalization;
using StackExchange.Redis;

namespace DiditWorker.Redis;

/// <summary>The time line that all replicas share in Redis. While Redis is away each keeps to its share by itself. Thread-safe.</summary>
/// <param name="redis">Holds it.</param>
/// <param name="redisKey">Its name, with a hash tag.</param>
/// <param name="interval">Between two places, in microseconds; with <see cref="Adapts"/> as long as nobody knows another one.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedTimeLine(RedisConnection redis, string redisKey, double interval, TimeProvider time)
{
    // Who has just got places lets the others go first, each by this much (microseconds), or the one nearest to Redis would get them all.
    // Together it must stay well within the tolerance.
    private const double Turn = 5_000;
    private const int MaxTurns = 10;

    private static readonly RedisScript Script = RedisScript.Of("ratelimit");
    private static readonly RedisScript GiveBack = RedisScript.Of("giveback");

    private readonly Lock _lock = new();
    private readonly RedisKey[] _keys = [redisKey, redisKey + ":replicas", redisKey + ":interval"];
    private readonly string _name = OwnerToken.Create();
    private readonly TimeLine _own = new();
    private readonly long _origin = time.GetTimestamp();
    private volatile Exception? _trouble;
    private Task _probe = Task.CompletedTask;
    private double _pausedUntil;
    private readonly double _set = interval;
    private double _interval = interval;
    private double _news;
    private int _replicas = 1;
    private int _turns;

    /// <summary>Why this replica keeps to its share by itself; null while the rate is shared.</summary>
    public Exception? Trouble => _trouble;

    /// <summary>Microseconds on this replica's clock.</summary>
    public double Now => time.GetElapsedTime(_origin).TotalMicroseconds;

    /// <summary>Whether the interval may change, and all replicas keep to the one that was learnt last.</summary>
    public bool Adapts { get; set; }

    /// <summary>Between two places, in microseconds.</summary>
    public double Interval => Volatile.Read(ref _interval);

    /// <summary>Changes it, if by more than 1 %; <see cref="AskAsync"/> tells the others.</summary>
    public void ChangeTo(double learnt)
    {
        lock (_lock)
        {
            if (Math.Abs(learnt - _interval) > _interval / 100)
            {
                (_interval, _news) = (learnt, learnt);
            }
        }
    }

    /// <summary>Notes that nobody gets a place before this much time is over; <see cref="AskAsync"/> tells the others.</summary>
    public void Pause(TimeSpan duration)
    {
        lock (_lock)
        {
            _pausedUntil = Math.Max(_pausedUntil, Now + duration.TotalMicroseconds);
            _own.MoveTo(_pausedUntil);
        }
    }

    /// <summary>Takes places if they are due: one round trip.</summary>
    /// <param name="places">How many at most; 0: only looks, and tells of a pause.</param>
    public async Task<Places> AskAsync(int places)
    {
        if (places > 0 && _trouble is not null)
        {
            // Nobody waits each time for a Redis that may not answer: whether it is back is found out meanwhile.
            Probe();
        }
        else if (await TryShareAsync(places) is { } shared)
        {
            return shared;
        }

        lock (_lock)
        {
            return _own.Take(Now, _interval * _replicas, places);
        }
    }

    /// <summary>Gives back what nobody used. Without Redis it is lost.</summary>
    public async Task GiveBackAsync(Places unused)
    {
        if (unused is not { Left: > 0, LineAfter: { } after })
        {
            return;
        }

        try
        {
            var before = long.Parse(after, CultureInfo.InvariantCulture) - (long)(unused.Left * unused.Interval);
            await GiveBack.RunAsync(await redis.DatabaseAsync(), [redisKey], [after, before]);
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            _trouble = exception;
        }
    }

    private void Probe()
    {
        lock (_lock)
        {
            _probe = _probe.IsCompleted ? TryShareAsync(places: 0) : _probe;
        }
    }

    // Null: Redis could not be asked.
    private async Task<Places?> TryShareAsync(int places)
    {
        try
        {
            var (pausedUntil, news) = (Volatile.Read(ref _pausedUntil), Volatile.Read(ref _news));
            var reply = (RedisResult[])(await Script.RunAsync(
                await redis.DatabaseAsync(), _keys,
                [_set, places, TimeLine.Tolerance, Math.Max(0, pausedUntil - Now), _name, Adapts ? news : -1]))!;
            _trouble = null;
            return Learn(reply, pausedUntil, news);
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            _trouble = exception;
            return null;
        }
    }

    // The clock is read after the reply: a late one must not make a place an early one.
    private Places Learn(RedisResult[] reply, double pausedUntil, double news)
    {
        lock (_lock)
        {
            var now = Now;
            var (granted, next) = ((int)reply[0], now + double.Parse((string)reply[1]!, CultureInfo.InvariantCulture));
            _replicas = Math.Max(1, (int)reply[2]);
            _pausedUntil = _pausedUntil == pausedUntil ? 0 : _pausedUntil;

            // What was learnt meanwhile is to be told by the next one.
            var told = double.Parse((string)reply[4]!, CultureInfo.InvariantCulture);
            (_news, _interval) = _news == news ? (0, told) : (_news, _interval);

            // Should Redis go away now, this replica goes on with its share after these.
            _own.MoveTo(next + (granted * told * _replicas));
            if (granted > 0)
            {
                _turns = Math.Min(_replicas - 1, MaxTurns);
                return new(granted, next, told, now, (string)reply[3]!);
            }

            var turns = _turns;
            _turns = Math.Max(0, _turns - 1);
            return new(0, next + (turns * Turn), told, now);
        }
    }
}
