using System.Globalization;
using StackExchange.Redis;

namespace DiditWorker.Redis;

/// <summary>
/// What of a Redis server's settings would lose records. Pure, over what <c>INFO</c> says; what it does not say is not judged.
/// </summary>
public static class RedisChecks
{
    /// <summary>The warning where nothing can be written.</summary>
    public const string OnlyReplicas =
        "only replicas are connected, so nothing can be written and messages wait; "
        + "put the primary into ConnectionStrings:Redis, or Sentinel (serviceName=…)";

    private const string Slots = "16384";
    private static readonly Version Oldest = new(6, 2);

    /// <summary>What is wrong with the servers that are connected.</summary>
    public static Task<IReadOnlyList<string>> RunAsync(RedisConnection redis) => RunAsync(redis, Judge);

    /// <summary>What could be better: worth a line at the start, but no fault.</summary>
    public static Task<IReadOnlyList<string>> AdviseAsync(RedisConnection redis) => RunAsync(redis, Advise);

    private static async Task<IReadOnlyList<string>> RunAsync(
        RedisConnection redis, Func<IReadOnlyDictionary<string, string>, IEnumerable<string>> judge)
    {
        var connected = (await redis.DatabaseAsync()).Multiplexer.GetServers().Where(s => s.IsConnected).ToList();
        if (connected.Count > 0 && connected.TrueForAll(s => s.IsReplica))
        {
            return [OnlyReplicas];
        }

        var found = new List<string>();
        foreach (var server in connected.Where(s => !s.IsReplica))
        {
            found.AddRange(judge(await InfoAsync(server)).Select(text => $"{EndPointCollection.ToString(server.EndPoint)}: {text}"));
        }

        return found;
    }

    private static async Task<Dictionary<string, string>> InfoAsync(IServer server)
    {
        try
        {
            var info = (await server.InfoAsync()).SelectMany(group => group).ToList();
            if (info.Contains(new("cluster_enabled", "1")))
            {
                info.AddRange(Lines((string?)await server.ExecuteAsync("CLUSTER", "INFO") ?? ""));
            }

            return info.DistinctBy(pair => pair.Key, StringComparer.Ordinal)
                .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        }
        catch (RedisServerException)
        {
            // A user without the right to INFO can work all the same.
            return [];
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Lines(string text) => text.Split('\n', StringSplitOptions.TrimEntries)
        .Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2).Select(parts => KeyValuePair.Create(parts[0], parts[1]));

    /// <summary>What is wrong, and what to change; <c>INFO</c> and, of a cluster, <c>CLUSTER INFO</c>.</summary>
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

        if (info.TryGetValue("evicted_keys", out var evicted)
            && long.TryParse(evicted, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
        {
            yield return $"{count} keys were evicted since its start: records may be among them; "
                + "give it more memory and set maxmemory-policy to noeviction";
        }

        if (info.TryGetValue("aof_enabled", out var aof) && aof == "0")
        {
            yield return "appendonly is off: a restart loses the records since the last snapshot; set appendonly yes";
        }

        if (info.TryGetValue("aof_last_write_status", out var written) && written != "ok")
        {
            yield return "the append-only file cannot be written; check its disk";
        }

        var slots = info.GetValueOrDefault("cluster_slots_ok", Slots);
        var state = info.GetValueOrDefault("cluster_state", "ok");
        if (state != "ok" || slots != Slots)
        {
            yield return $"cluster_state is {state}, {slots} of {Slots} slots are served: messages whose keys lie in "
                + "the others wait; look at CLUSTER NODES, and bring the missing nodes back, fail over to their replicas, or assign "
                + "their slots";
        }
    }

    /// <summary>What would make it safer; from <c>INFO</c>.</summary>
    public static IEnumerable<string> Advise(IReadOnlyDictionary<string, string> info)
    {
        // INFO counts good replicas only where min-replicas-to-write asks for some.
        if (info.TryGetValue("connected_slaves", out var replicas) && replicas != "0" && !info.ContainsKey("min_slaves_good_slaves"))
        {
            yield return "it has replicas but min-replicas-to-write is 0: what a failover loses, a cut-off primary still confirms; "
                + "set min-replicas-to-write 1 and min-replicas-max-lag 10 if waiting is better than a look-up";
        }
    }
}
