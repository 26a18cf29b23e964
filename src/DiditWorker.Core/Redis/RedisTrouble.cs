using System.Collections.Concurrent;

namespace DiditWorker.Redis;

/// <summary>Logs why Redis cannot be asked: each kind of failure once a minute, however many messages meet it.</summary>
public sealed partial class RedisTrouble(TimeProvider time, ILogger<RedisTrouble> logger)
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    // Kinds are few: Redis' codes, and types of exceptions.
    private readonly ConcurrentDictionary<string, long> _logged = new(StringComparer.Ordinal);

    /// <summary>A message met this failure, see <see cref="RedisConnection.IsUnavailable"/>.</summary>
    public void Note(Exception exception)
    {
        var (kind, now) = (RedisRefusal.Kind(exception), time.GetTimestamp());
        if (_logged.TryGetValue(kind, out var last)
            ? time.GetElapsedTime(last, now) >= Again && _logged.TryUpdate(kind, now, last)
            : _logged.TryAdd(kind, now))
        {
            Log.Unavailable(logger, RedisRefusal.InWords(exception));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(103, LogLevel.Warning, "Redis cannot be asked ({Error})")]
        public static partial void Unavailable(ILogger logger, string error);
    }
}
