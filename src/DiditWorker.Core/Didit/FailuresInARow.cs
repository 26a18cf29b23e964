using DiditWorker.Protocol;

namespace DiditWorker.Didit;

/// <summary>Requests of one kind that failed one after the other, with no success of anybody between.</summary>
/// <param name="Count">How many.</param>
/// <param name="Latest">What the latest ended with.</param>
/// <param name="Only">The message whose they all are; null if there are several.</param>
public sealed record FailuresInARow(int Count, string Latest, IdempotencyKey? Only)
{
    /// <summary>The latest one succeeded.</summary>
    public static readonly FailuresInARow None = new(0, "", Only: null);

    /// <summary>One more.</summary>
    public FailuresInARow And(IdempotencyKey key, string why) => new(Count + 1, why, Count == 0 || Only == key ? key : null);

    /// <summary>Without what it ended with.</summary>
    public override string ToString() => nameof(FailuresInARow);
}
