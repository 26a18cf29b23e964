using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Didit;

/// <summary>
/// Keeps to the limit that Didit's replies tell, for <c>Didit:RequestsPerMinute=Auto</c>. All replicas share what one has learnt; an hour
/// after the last news the documented limit counts again.
/// </summary>
/// <param name="limiter">Of creates.</param>
/// <param name="share">Of the limit, how much is used at most.</param>
/// <param name="logger">Told of each other limit.</param>
public sealed partial class AdaptiveRate(RedisRateLimiter limiter, double share, ILogger<AdaptiveRate> logger)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _latest;
    private int _limit;

    /// <summary>A reply has come.</summary>
    /// <param name="told">What it says.</param>
    /// <param name="sent">When its request was sent: one that was sent before another says nothing new.</param>
    /// <returns>Ends when everybody knows that nothing is left, if that is so.</returns>
    public Task HearAsync(ToldRate told, DateTimeOffset sent)
    {
        lock (_lock)
        {
            if (sent < _latest)
            {
                return Task.CompletedTask;
            }

            _latest = sent;
            if (told.Limit != _limit)
            {
                Log.Learnt(logger, told.Limit, _limit);
                _limit = told.Limit;
            }
        }

        limiter.ChangeTo(told.PerMinute(share));
        return told.Empty > TimeSpan.Zero ? limiter.PauseAsync(told.Empty) : Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(109, LogLevel.Information,
            "Didit allows {Limit} creates a minute, and told {Before} before (0: nothing); Didit:RequestsPerMinute is Auto")]
        public static partial void Learnt(ILogger logger, int limit, int before);
    }
}
