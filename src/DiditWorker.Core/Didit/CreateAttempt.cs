namespace DiditWorker.Didit;

/// <summary>One delivery's attempt to create, across its retries.</summary>
public sealed class CreateAttempt
{
    /// <summary>What to create.</summary>
    public required CreateRequest Request { get; init; }

    /// <summary>Whether an earlier attempt is possible, so that a look-up comes first.</summary>
    public required bool LookUpFirst { get; init; }

    /// <summary>The earliest time at which a first attempt could have been; none if unknown.</summary>
    public required DateTimeOffset? NotBefore { get; init; }

    /// <summary>When the latest earlier attempt could have been: Didit's list may lag behind it. None if it was long ago.</summary>
    public required DateTimeOffset? LastAttempt { get; init; }

    /// <summary>Whether it repeats an earlier attempt without a look-up, because Didit is trusted to remember the key.</summary>
    public bool TrustsKey { get; init; }

    /// <summary>Until when a repeat may be sent without a look-up, so that Didit still remembers the key when the request is done. Default: without end.</summary>
    public DateTimeOffset TrustedUntil { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>Makes sure that the lease outlives the next request; false if somebody else owns the key.</summary>
    public required Func<Task<bool>> KeepLease { get; init; }

    /// <summary>Whether a request was sent in this attempt whose result is unknown.</summary>
    public bool MaybeSent { get; set; }
}
