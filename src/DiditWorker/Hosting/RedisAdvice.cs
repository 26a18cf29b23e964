using DiditWorker.Redis;

namespace DiditWorker.Hosting;

/// <summary>Says once, as soon as Redis answers, which of its settings would lose records.</summary>
internal sealed partial class RedisAdvice(RedisConnection redis, TimeProvider time, ILogger<RedisAdvice> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!await AdviseAsync())
        {
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task<bool> AdviseAsync()
    {
        try
        {
            await redis.PingAsync();
            foreach (var warning in await RedisChecks.RunAsync(redis))
            {
                Log.Warning(logger, warning);
            }

            foreach (var advice in await RedisChecks.AdviseAsync(redis))
            {
                Log.Advice(logger, advice);
            }

            return true;
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            return false;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Advice must not stop the service.
            Log.Warning(logger, "cannot be checked: " + exception.Message);
            return true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "Redis {Warning}")]
        public static partial void Warning(ILogger logger, string warning);

        [LoggerMessage(3, LogLevel.Information, "Redis {Advice}")]
        public static partial void Advice(ILogger logger, string advice);
    }
}
