using System.Globalization;
using StackExchange.Redis;

namespace DiditWorker.Idempotency;

/// <summary>What of a Redis server's settings would lose records. Pure, over what <c>INFO</c> says; what it does not say is not judged.</summary>
public static class RedisChecks
{
    private static readonly Version Oldest = new(6, 2);

    /// <summary>Asks every server that is connected.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(RedisConnection redis)
    {
        var warnings = new List<string>();
        foreach (var server in (await redis.DatabaseAsync()).Multiplexer.GetServers().Where(s => s.IsConnected && !s.IsReplica))
        {
            warnings.AddRange(Judge(await InfoAsync(server)).Select(warning => $"{EndPointCollection.ToString(server.EndPoint)}: {warning}"));
        }

        return warnings;
    }

    private static async Task<Dictionary<string, string>> InfoAsync(IServer server)
    {
        try
        {
            return (await server.InfoAsync()).SelectMany(group => group)
                .DistinctBy(pair => pair.Key, StringComparer.Ordinal)
                .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        }
        catch (RedisServerException)
        {
            // A user without the right to INFO can work all the same.
            return [];
        }
    }

    /// <summary>What is wrong, and what to change.</summary>
    public static IEnumerable<string> Judge(IReadOnlyDictionary<string, string> info)
    {
        if (info.TryGetValue("redis_version", out var text) && Version.TryParse(text, out var version) && version < Oldest)
        {
            yield return $"Redis {version} is older than {Oldest}, with which the scripts are not tested; upgrade it";
        }

        // Every record has a TTL, so a volatile policy takes just these, and an allkeys one takes them too.
        if (info.TryGetValue("maxmemory_policy", out var policy) && policy != "noeviction")
        {
            yield return $"maxmemory-policy is {policy}: records may be evicted and messages look new again; set it to noeviction";
        }

        if (info.TryGetValue("evicted_keys", out var evicted) && long.TryParse(evicted, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
        {
            yield return $"{count} keys were evicted since its start: records may be among them; give it more memory and set maxmemory-policy to noeviction";
        }

        if (info.TryGetValue("aof_enabled", out var aof) && aof == "0")
        {
            yield return "appendonly is off: a restart loses the records since the last snapshot; set appendonly yes";
        }

        if (info.TryGetValue("aof_last_write_status", out var written) && written != "ok")
        {
            yield return "the append-only file cannot be written; check its disk";
        }
    }
}
