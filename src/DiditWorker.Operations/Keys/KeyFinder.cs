using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Keys;

/// <summary>What an operator's text turned out to name.</summary>
/// <param name="Key">The key.</param>
/// <param name="RequestId">What it was derived from; null if the text was taken for the key itself.</param>
/// <param name="Memory">What a claim would find.</param>
/// <param name="Ttl">How long the record lives on.</param>
public sealed record FoundKey(IdempotencyKey Key, string? RequestId, Memory Memory, TimeSpan? Ttl)
{
    /// <summary>A UUID under which nothing was found is the one or the other: this is the key that it is if it is no request id.</summary>
    public IdempotencyKey? OrKey { get; init; }

    /// <summary>For people.</summary>
    public override string ToString() => RequestId is null ? $"key {Key}" : $"request id {RequestId} (key {Key})";
}

/// <summary>Finds the record that an operator means, by request id or key.</summary>
public sealed class KeyFinder(IdempotencyStore store, IdempotencyOptions options)
{
    /// <summary>
    /// A UUID can be either: it is a request id if there is a record under the key derived from it, else the key if there is one under
    /// that, else unknown, see <see cref="FoundKey.OrKey"/>. Any other text is a request id.
    /// </summary>
    /// <param name="text">A request id, or a key.</param>
    /// <param name="isKey">It is the key, whatever else it could be.</param>
    /// <exception cref="CommandException">It is to be the key, and is no UUID.</exception>
    /// <exception cref="UnknownRecordException">The record is of another version.</exception>
    public async Task<FoundKey> FindAsync(string text, bool isKey = false)
    {
        if (isKey)
        {
            return KeyIn(text) is { } named ? await PeekAsync(named, requestId: null) : throw new CommandException(
                ExitCodes.WrongUsage, $"--key: {text} is no UUID, so it is a request id; leave out --key");
        }

        var id = RequestId.Normalize(text);
        var byId = await PeekAsync(IdempotencyKey.Create(options.Scope, id), id);
        if (byId.Memory.Record is not null || KeyIn(text) is not { } key)
        {
            return byId;
        }

        var byKey = await PeekAsync(key, requestId: null);
        return byKey.Memory.Record is null ? byId with { OrKey = key } : byKey;
    }

    /// <summary>The text as a key; null if it is no UUID.</summary>
    public static IdempotencyKey? KeyIn(string text) =>
        RequestId.TryReadUuid(RequestId.Normalize(text), "D", out var uuid) ? new(uuid) : null;

    private async Task<FoundKey> PeekAsync(IdempotencyKey key, string? requestId)
    {
        var (memory, ttl) = await store.PeekAsync(key);
        return new(key, requestId, memory, ttl);
    }
}
