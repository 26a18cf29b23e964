using DiditWorker.Redis;

namespace DiditWorker.IntegrationTests.Support;

/// <summary>
/// A Redis that was started for a test knows nothing of what was sent before, and there was nothing: said, so that the worker creates
/// without a look-up and requests can be counted.
/// </summary>
internal static class Horizons
{
    /// <param name="redis">In StackExchange.Redis syntax.</param>
    /// <param name="keyPrefix">Of the workers.</param>
    public static async Task NothingWasLostAsync(string redis, string keyPrefix = "didit:")
    {
        await using var connection = new RedisConnection(redis);
        await new Horizon(connection, new() { KeyPrefix = keyPrefix }).NothingWasLostAsync();
    }
}
