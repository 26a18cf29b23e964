using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Status;

/// <summary>Tries with Redis what the worker does with it.</summary>
internal sealed class RedisProbe(
    RedisConnection redis, [FromKeyedServices("creates")] RedisRateLimiter creates, [FromKeyedServices("reads")] RedisRateLimiter reads,
    IdempotencyOptions idempotency)
{
    /// <summary>Why a rate is not shared; null if both are.</summary>
    public Exception? RateTrouble => creates.Trouble ?? reads.Trouble;

    /// <summary>Whether it answers at all.</summary>
    public Task PingAsync() => redis.PingAsync();

    /// <summary>Writes, and asks for the rates.</summary>
    /// <returns>What of its settings would lose records.</returns>
    public async Task<IEnumerable<string>> TryAsync()
    {
        await RedisWrites.TryAsync(redis, idempotency.KeyPrefix);
        await Task.WhenAll(creates.TryAsync(), reads.TryAsync());
        return await RedisChecks.RunAsync(redis);
    }
}
