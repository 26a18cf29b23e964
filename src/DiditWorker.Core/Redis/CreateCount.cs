namespace DiditWorker.Redis;

/// <summary>
/// How many creates all replicas together have sent on this day, UTC's by Redis' clock. While Redis is away a replica goes on from what it
/// knew last, by its own clock, and adds what it sent meanwhile when Redis is back. Thread-safe.
/// </summary>
/// <param name="redis">Holds the count.</param>
/// <param name="name">Its name there.</param>
/// <param name="perDay">How many there may be.</param>
/// <param name="time">The clock while Redis is away.</param>
public sealed class CreateCount(RedisConnection redis, string name, int perDay, TimeProvider time)
{
    private static readonly RedisScript Script = RedisScript.Of("creates");

    private readonly Lock _lock = new();
    private long _day;
    private long _asked;
    private long _learnt;
    private long _used;

    // What Redis has not been told of this day: sent without it, less given back.
    private long _untold;
    private volatile bool _isAway;

    /// <summary>How many there may be.</summary>
    public int PerDay => perDay;

    /// <summary>The day, since 1970, and how many are used as far as this replica knows.</summary>
    public (long Day, long Used) Latest
    {
        get
        {
            lock (_lock)
            {
                TurnTheDay();
                return (_day, _used);
            }
        }
    }

    /// <summary>Takes one, right before it is sent: one round trip, and none while Redis is away.</summary>
    /// <returns>The day that it counts for; null: none is left.</returns>
    public async Task<long?> TakeAsync()
    {
        // Nobody waits each time for a Redis that may not answer: whether it is back, a look finds out.
        if (!_isAway && await AskAsync(1) is { } reply)
        {
            return reply.IsTaken ? reply.Day : null;
        }

        lock (_lock)
        {
            TurnTheDay();
            if (_used >= perDay)
            {
                return null;
            }

            _used++;
            _untold++;
            return _day;
        }
    }

    /// <summary>One that was taken has certainly made no session. Redis is told on the next occasion.</summary>
    /// <param name="day">As <see cref="TakeAsync"/> said.</param>
    public void GiveBack(long day)
    {
        lock (_lock)
        {
            if (day == _day)
            {
                _used--;
                _untold--;
            }
        }
    }

    /// <summary>Only asks: what the others have used, and whether the next day has begun.</summary>
    public Task LookAsync() => AskAsync(0);

    // Null: Redis could not be asked.
    private async Task<(bool IsTaken, long Day)?> AskAsync(int take)
    {
        var (untold, day, asked) = Tell();
        try
        {
            var reply = (long[])(await Script.RunAsync(await redis.DatabaseAsync(), [name], [perDay, take, untold, day]))!;
            Learn(reply[1], reply[2], asked);
            return (reply[0] > 0, reply[2]);
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            Keep(untold, day);
            return null;
        }
    }

    private (long Untold, long Day, long Asked) Tell()
    {
        lock (_lock)
        {
            var untold = _untold;
            _untold = 0;
            return (untold, _day, ++_asked);
        }
    }

    // Many ask at once, and what was answered first may be read last.
    private void Learn(long used, long day, long asked)
    {
        lock (_lock)
        {
            if (asked < _learnt)
            {
                return;
            }

            _learnt = asked;
            _untold = day == _day ? _untold : 0;
            (_day, _used, _isAway) = (day, used + _untold, false);
        }
    }

    // Redis may have heard of it all the same: then rather one too many is counted than one too few.
    private void Keep(long untold, long day)
    {
        lock (_lock)
        {
            _untold += day == _day ? Math.Max(0, untold) : 0;
            _isAway = true;
        }
    }

    private void TurnTheDay()
    {
        if (_isAway && time.GetUtcNow().ToUnixTimeSeconds() / (24 * 60 * 60) is var today && today > _day)
        {
            (_day, _used, _untold) = (today, 0, 0);
        }
    }
}
