using UUIDNext;

namespace DiditWorker.Protocol;

/// <summary>
/// The key of one logical request: UUIDv5 (RFC 9562, section 5.5) of <c>scope + ":" + requestId</c> under a fixed namespace.
/// A pure function, so that every worker, tool and replay arrives at the same one.
/// </summary>
public readonly record struct IdempotencyKey(Guid Value)
{
    private static readonly Guid Namespace = new("6f1c1a52-6f0c-5d0e-9d0f-3b1a6f8f2f5e");

    /// <summary>Derives the key.</summary>
    /// <param name="scope">Operation and environment; holds no ":", so no two pairs of scope and request id collide.</param>
    /// <param name="requestId">In the form that <see cref="RequestId.Normalize"/> gives.</param>
    public static IdempotencyKey Create(string scope, string requestId) =>
        new(Uuid.NewNameBased(Namespace, scope + ":" + RequestId.Normalize(requestId)));

    /// <summary>The id of a message that this request leads to: the same for every repeat, another for every event name.</summary>
    public Guid EventId(string eventName) => Uuid.NewNameBased(Value, eventName);

    /// <summary>Lower-case and hyphenated: the form of the <c>Idempotency-Key</c> header.</summary>
    public override string ToString() => Value.ToString("D");
}
