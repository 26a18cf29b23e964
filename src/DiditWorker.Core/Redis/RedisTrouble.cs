namespace DiditWorker.Redis;

/// <summary>
/// Logs that Redis cannot be asked, and that it can be again: each change once, with the first message that met it, however many do and
/// however long it lasts. Where it changes all the time, each kind of failure at most once a minute.
/// </summary>
public sealed partial class RedisTrouble(TimeProvider time, ILogger<RedisTrouble> logger)
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    // Kinds are few: Redis' codes, and types of exceptions.
    private readonly Dictionary<string, (long At, int Outage)> _told = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private int _outage;
    private volatile bool _isTold;

    /// <summary>A message met this failure, see <see cref="RedisConnection.IsUnavailable"/>.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="message">Its request id and key, as far as they are known.</param>
    public void Note(Exception exception, string message)
    {
        var (kind, now) = (RedisRefusal.Kind(exception), time.GetTimestamp());
        lock (_lock)
        {
            if (_told.TryGetValue(kind, out var last) && (last.Outage == _outage || time.GetElapsedTime(last.At, now) < Again))
            {
                return;
            }

            _told[kind] = (now, _outage);
            _isTold = true;
        }

        Log.Unavailable(logger, RedisRefusal.InWords(exception), message);
    }

    /// <summary>Redis did what a message asked for.</summary>
    public void Over()
    {
        if (!_isTold)
        {
            return;
        }

        lock (_lock)
        {
            if (!_isTold)
            {
                return;
            }

            (_isTold, _outage) = (false, _outage + 1);
        }

        Log.Available(logger);
    }

    private static partial class Log
    {
        [LoggerMessage(103, LogLevel.Warning, "Redis cannot be asked ({Error}); the first message that needs it: {First}")]
        public static partial void Unavailable(ILogger logger, string error, string first);

        [LoggerMessage(106, LogLevel.Information, "Redis can be asked again")]
        public static partial void Available(ILogger logger);
    }
}
