using System.Collections.Concurrent;
using DiditWorker.Protocol;

namespace DiditWorker.Observability;

/// <summary>A message that this worker has and whose attempts have failed so far.</summary>
/// <param name="RequestId">Whose.</param>
/// <param name="Key">Derived from it.</param>
/// <param name="Attempts">What became of its attempts, those of earlier deliveries included.</param>
public sealed record RetriedMessage(string RequestId, IdempotencyKey Key, AttemptNote Attempts);

/// <summary>The messages that this worker is trying again now: in its hands, and each with an attempt that failed.</summary>
public sealed class RetriedMessages
{
    // By delivery: the broker may have given a message twice.
    private readonly ConcurrentDictionary<object, RetriedMessage> _all = new(ReferenceEqualityComparer.Instance);

    /// <summary>Each once, those with the most attempts first.</summary>
    public IReadOnlyList<RetriedMessage> Current =>
    [
        .. _all.Values.GroupBy(one => one.Key)
            .Select(copies => copies.MaxBy(copy => copy.Attempts.LastAt)!)
            .OrderByDescending(one => one.Attempts.Attempts).ThenBy(one => one.Attempts.LastAt),
    ];

    /// <summary>The one with this key; null if there is none.</summary>
    public RetriedMessage? Find(IdempotencyKey key) => _all.Values.FirstOrDefault(one => one.Key == key);

    /// <summary>An attempt at a message has failed.</summary>
    /// <param name="delivery">In whose hands it is.</param>
    /// <param name="message">The message.</param>
    public void Failed(object delivery, RetriedMessage message) => _all[delivery] = message;

    /// <summary>A delivery is over.</summary>
    public void Left(object delivery) => _all.TryRemove(delivery, out _);
}
