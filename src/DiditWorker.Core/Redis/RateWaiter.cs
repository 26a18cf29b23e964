using System.Threading.RateLimiting;

namespace DiditWorker.Redis;

/// <summary>One that waits for a place in the rate.</summary>
/// <param name="urgency">Who has more of it goes first.</param>
/// <param name="sequence">In the order of their coming.</param>
internal sealed class RateWaiter(int urgency, long sequence)
    : TaskCompletionSource<RateLimitLease>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>The most urgent one first; equal ones in the order of their coming.</summary>
    public static readonly IComparer<RateWaiter> MostUrgentFirst = Comparer<RateWaiter>.Create(
        static (a, b) => a.Urgency != b.Urgency ? b.Urgency.CompareTo(a.Urgency) : a.Sequence.CompareTo(b.Sequence));

    private int Urgency { get; } = urgency;

    private long Sequence { get; } = sequence;

    /// <summary>It has its place.</summary>
    public void Go() => TrySetResult(RateLease.Acquired);

    /// <summary>There was no place in time.</summary>
    public void Refuse() => TrySetResult(RateLease.Refused);
}

/// <summary>There is nothing to give back, hence one lease for all that were acquired.</summary>
internal sealed class RateLease : RateLimitLease
{
    public static readonly RateLease Acquired = new(isAcquired: true);
    public static readonly RateLease Refused = new(isAcquired: false);

    private RateLease(bool isAcquired) => IsAcquired = isAcquired;

    public override bool IsAcquired { get; }

    public override IEnumerable<string> MetadataNames => [];

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = null;
        return false;
    }
}
