using DiditWorker.Operations.Broker;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Terminal;

/// <summary>
/// Says after 2 seconds that a command waits for Redis, whose client is called in many places and counts what is open. As long as answers
/// come, nobody waits.
/// </summary>
internal sealed class RedisWatch : IAsyncDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(0.5);

    private readonly RedisConnection _redis;
    private readonly SlowCalls _calls;
    private readonly TimeProvider _time;
    private readonly ITimer _looks;
    private long? _answered;
    private long _since;
    private bool _isTold;

    public RedisWatch(RedisConnection redis, SlowCalls calls, TimeProvider time)
    {
        (_redis, _calls, _time) = (redis, calls, time);
        _looks = time.CreateTimer(_ => Look(), null, BetweenLooks, BetweenLooks);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _looks.DisposeAsync();

    private void Look()
    {
        var (isWaiting, answered) = _redis.Progress;
        if (!isWaiting || answered != _answered)
        {
            (_answered, _since, _isTold) = (isWaiting ? answered : null, _time.GetTimestamp(), false);
        }
        else if (!_isTold && _time.GetElapsedTime(_since) >= SlowCalls.Patience)
        {
            _isTold = true;
            _calls.Tell($"Redis at {_redis.Place}");
        }
    }
}
