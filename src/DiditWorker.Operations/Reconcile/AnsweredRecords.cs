using System.Runtime.CompilerServices;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using StackExchange.Redis;

namespace DiditWorker.Operations.Reconcile;

/// <summary>What a record says of its request; without a record nothing.</summary>
/// <param name="Key">Whose.</param>
internal sealed record KnownRecord(IdempotencyKey Key)
{
    /// <summary>The session that it names.</summary>
    public DiditSession? Answer { get; init; }

    /// <summary>Whether a delivery is worked on.</summary>
    public bool IsHeld { get; init; }

    /// <summary>It cannot be read, and so says nothing, for or against.</summary>
    public bool IsUnreadable { get; init; }
}

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
                foreach (var known in await Task.WhenAll(names.Select(KeyIn).OfType<IdempotencyKey>().Select(KnownAsync)))
                {
                    if (known.IsUnreadable)
                    {
                        unreadable();
                    }
                    else if (known.Answer is { } session)
                    {
                        yield return (known.Key, session);
                    }
                }
            }
        }
    }

    /// <summary>What the record of a key says now.</summary>
    public async Task<KnownRecord> KnownAsync(IdempotencyKey key)
    {
        try
        {
            var memory = (await store.PeekAsync(key)).Memory;
            return new(key)
            {
                Answer = memory.Record is { State: RecordState.Completed } record ? DiditSession.FromPayload(record.Payload) : null,
                IsHeld = memory is { Owned: false, Record.State: RecordState.InProgress },
            };
        }
        catch (Exception exception) when (IdempotencyStore.IsUnreadable(exception))
        {
            return new(key) { IsUnreadable = true };
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

    // What is special in a pattern (Redis docs, KEYS).
    private static string Escaped(string prefix) =>
        string.Concat(prefix.Select(c => c is '*' or '?' or '[' or ']' or '^' or '\\' ? $"\\{c}" : $"{c}"));
}
