using StackExchange.Redis;

namespace DiditWorker.Redis;

/// <summary>
/// The names of the markers that say since when Redis remembers. A script's keys must lie in one slot of Redis Cluster, so there each slot
/// has a marker of its own; elsewhere there is one.
/// </summary>
internal static class HorizonMarkers
{
    /// <summary>How many slots Redis Cluster has (Redis Cluster specification, key distribution model).</summary>
    public const int Slots = 16384;

    private static volatile string[]? _tags;

    /// <summary>The marker that is read together with this record.</summary>
    public static RedisKey For(IConnectionMultiplexer redis, string keyPrefix, RedisKey record) =>
        redis.HashSlot(record) is >= 0 and var slot ? Of(redis, keyPrefix, slot) : One(keyPrefix);

    /// <summary>All of them: one, or one for each slot.</summary>
    public static IEnumerable<RedisKey> All(IConnectionMultiplexer redis, string keyPrefix) => redis.HashSlot(keyPrefix + "{}") < 0
        ? [One(keyPrefix)]
        : Enumerable.Range(0, Slots).Select(slot => Of(redis, keyPrefix, slot));

    private static RedisKey One(string keyPrefix) => keyPrefix + "{horizon}";

    private static RedisKey Of(IConnectionMultiplexer redis, string keyPrefix, int slot) =>
        $"{keyPrefix}{{{(_tags ??= Tags(redis))[slot]}}}:horizon";

    // The shortest number in hexadecimal digits that lies in each slot: some 160,000 are tried, once in a process.
    private static string[] Tags(IConnectionMultiplexer redis)
    {
        var tags = new string[Slots];
        for (var (i, missing) = (0, Slots); missing > 0; i++)
        {
            var tag = i.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
            ref var place = ref tags[redis.HashSlot(tag)];
            (place, missing) = place is null ? (tag, missing - 1) : (place, missing);
        }

        return tags;
    }
}
