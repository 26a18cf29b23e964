using System.Collections.Frozen;
using DiditWorker.Protocol;
using StackExchange.Redis;

namespace DiditWorker.Redis;

/// <summary>
/// Sessions of which a person has said that they are not a request's: a look-up passes them over. They stand beside the record, in its hash
/// slot, and outlive it, since a dead letter may be replayed long after.
/// </summary>
public sealed class ExcludedSessions(RedisConnection redis, IdempotencyStore store)
{
    /// <summary>How long they are kept after the last one was added.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private static readonly RedisScript Script = RedisScript.Of("exclude");

    /// <summary>Those of a request.</summary>
    /// <exception cref="RedisException">Redis cannot be asked, see <see cref="RedisConnection.IsUnavailable"/>.</exception>
    public async Task<IReadOnlySet<string>> ReadAsync(IdempotencyKey key) =>
        Ids((string?)await (await redis.DatabaseAsync()).StringGetAsync(Name(key)));

    /// <summary>Adds some.</summary>
    /// <returns>All that are excluded then.</returns>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public async Task<IReadOnlySet<string>> AddAsync(IdempotencyKey key, IEnumerable<string> sessions)
    {
        RedisValue[] arguments = [(long)Kept.TotalMilliseconds, .. sessions.Select(session => (RedisValue)session)];
        return Ids((string?)await Script.RunAsync(await redis.DatabaseAsync(), [Name(key)], arguments));
    }

    private static FrozenSet<string> Ids(string? text) =>
        (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    private string Name(IdempotencyKey key) => store.RedisKey(key) + ":excluded";
}
