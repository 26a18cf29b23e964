using System.Runtime.CompilerServices;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using StackExchange.Redis;

namespace DiditWorker.Operations.Reconcile;

/// <summary>Reads all records that name a session, some at a time.</summary>
internal sealed class AnsweredRecords(RedisConnection redis, IdempotencyStore store, IdempotencyOptions options)
{
    // Keeps each of Redis' answers short: other clients wait for it.
    private const int AtOnce = 250;

    private const string AnyUuid = "????????-????-????-????-????????????";

    /// <summary>Reads them. One may come twice (Redis docs, SCAN).</summary>
    /// <param name="unreadable">Told of each record that cannot be read.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RedisException">Redis cannot be asked, see <see cref="RedisConnection.IsUnavailable"/>.</exception>
    public async IAsyncEnumerable<(IdempotencyKey Key, DiditSession Session)> ReadAsync(
        Action unreadable, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var database = await redis.DatabaseAsync();
        var pattern = Escaped(options.KeyPrefix) + "{" + AnyUuid + "}";
        foreach (var server in Primaries(database.Multiplexer))
        {
            await foreach (var names in server.KeysAsync(database.Database, pattern, AtOnce).Chunk(AtOnce).WithCancellation(cancellation))
            {
                var keys = names.Select(KeyIn).OfType<IdempotencyKey>().ToList();
                foreach (var (key, text) in keys.Zip(await Task.WhenAll(keys.Select(key => TextAsync(database, key)))))
                {
                    if (Session(key, text, unreadable) is { } session)
                    {
                        yield return (key, session);
                    }
                }
            }
        }
    }

    // Without the records of one of them, its sessions would be taken for orphans.
    private static List<IServer> Primaries(IConnectionMultiplexer redis)
    {
        var primaries = redis.GetServers().Where(server => !server.IsReplica).ToList();
        return primaries.TrueForAll(server => server.IsConnected) ? primaries
            : throw new RedisException("A server of Redis is not connected.");
    }

    private IdempotencyKey? KeyIn(RedisKey name) =>
        Guid.TryParseExact(((string)name!)[options.KeyPrefix.Length..].Trim('{', '}'), "D", out var key) ? new(key) : null;

    private async Task<RedisValue> TextAsync(IDatabase database, IdempotencyKey key)
    {
        try
        {
            return await database.StringGetAsync(store.RedisKey(key));
        }
        catch (RedisServerException exception) when (exception.Message.Contains("WRONGTYPE", StringComparison.Ordinal))
        {
            // Somebody else wrote there; as a record it cannot be read.
            return "?";
        }
    }

    private DiditSession? Session(IdempotencyKey key, RedisValue text, Action unreadable)
    {
        try
        {
            return store.Read(key, text) is { State: RecordState.Completed } record ? DiditSession.FromPayload(record.Payload) : null;
        }
        catch (Exception exception) when (IdempotencyStore.IsUnreadable(exception))
        {
            unreadable();
            return null;
        }
    }

    // What is special in a pattern (Redis docs, KEYS).
    private static string Escaped(string prefix) =>
        string.Concat(prefix.Select(c => c is '*' or '?' or '[' or ']' or '^' or '\\' ? $"\\{c}" : $"{c}"));
}
