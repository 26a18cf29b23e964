using System.Threading.RateLimiting;
using DiditWorker.Protocol;

namespace DiditWorker.Redis;

/// <summary>One that waits for a place in the rate.</summary>
/// <param name="precedence">Who goes first.</param>
/// <param name="sequence">In the order of their coming.</param>
internal sealed class RateWaiter(Precedence precedence, long sequence)
    : TaskCompletionSource<RateLimitLease>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>By precedence; equal ones in the order of their coming.</summary>
    public static readonly IComparer<RateWaiter> FirstComesFirst =
        Precedence.FirstComesFirst<RateWaiter>(static waiter => waiter.Of, static waiter => waiter.Sequence);

    /// <summary>Its precedence.</summary>
    public Precedence Of { get; } = precedence;

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
