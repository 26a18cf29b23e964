using System.Net;
using StackExchange.Redis;

namespace DiditWorker.Redis;

/// <summary>Whether Redis takes records: an answer to PING says nothing of that.</summary>
public static class RedisWrites
{
    // Milliseconds. The script removes its key; this is for one that is cut off before.
    private const int TimeToLive = 10_000;

    // Enough to meet each node of a large cluster.
    private const int MaxNames = 10_000;

    private static readonly RedisScript Script = RedisScript.Of("health");

    /// <summary>Writes a small key as records are written, and removes it; in a cluster at each primary.</summary>
    /// <param name="redis">Where.</param>
    /// <param name="keyPrefix"><c>Idempotency:KeyPrefix</c>.</param>
    /// <exception cref="RedisException">Redis refuses it, or does not answer.</exception>
    public static async Task TryAsync(RedisConnection redis, string keyPrefix)
    {
        var database = await redis.DatabaseAsync();
        await Task.WhenAll(Keys(database, keyPrefix).Select(key => Script.RunAsync(database, [key], [TimeToLive])));
    }

    /// <summary>A name for a small key at each primary.</summary>
    internal static List<RedisKey> Keys(IDatabase database, string keyPrefix)
    {
        RedisKey one = keyPrefix + "{health}";
        var cluster = database.Multiplexer.GetServers()
            .Where(server => server.IsConnected)
            .Select(server => server.ClusterConfiguration)
            .FirstOrDefault(c => c is not null);
        var primaries = cluster?.Nodes
            .Where(node => !node.IsReplica && node.Slots.Count > 0)
            .Select(node => node.EndPoint).OfType<EndPoint>().ToHashSet();
        if (primaries is null or { Count: 0 })
        {
            return [one];
        }

        var keys = new List<RedisKey>();
        for (var i = 0; i < MaxNames && primaries.Count > 0; i++)
        {
            RedisKey key = $"{keyPrefix}{{health-{i}}}";
            if (cluster!.GetBySlot(key)?.EndPoint is { } node && primaries.Remove(node))
            {
                keys.Add(key);
            }
        }

        return keys;
    }
}
