namespace DiditWorker.Protocol;

/// <summary>Where a delivery stands.</summary>
public enum Stage
{
    /// <summary>It asks for its key, or waits to ask.</summary>
    Claiming,

    /// <summary>It is about to look for its session.</summary>
    LookingUp,

    /// <summary>It is about to create, or a create is under way.</summary>
    Creating,

    /// <summary>It has an answer to store.</summary>
    Storing,

    /// <summary>It gives its key back.</summary>
    Releasing,

    /// <summary>It is over.</summary>
    Done,
}

/// <summary>What a delivery knows, and where it stands. The worker carries one through <see cref="VerificationProtocol.Next"/>.</summary>
/// <param name="Evidence">What the message says.</param>
public sealed record DeliveryState(Evidence Evidence)
{
    /// <summary>Where it stands.</summary>
    public Stage Stage { get; init; }

    /// <summary>When it came, if its message had been delivered before: that delivery may have sent something a moment ago.</summary>
    public DateTimeOffset? RedeliveredAt { get; init; }

    /// <summary>When this delivery last sent a create without a clear reply; null: it did not.</summary>
    public DateTimeOffset? LastSent { get; init; }

    /// <summary>Whether Didit has answered 409, and so wants the original to be fetched.</summary>
    public bool Conflicted { get; init; }

    /// <summary>
    /// Which attempt at the request this is, those of all deliveries counted: each a look-up, a create, or both. 0: this delivery made
    /// none.
    /// </summary>
    public int Attempts { get; init; }

    /// <summary>A session that it got from Didit and could not store. Another one in the record is then one too many.</summary>
    public DiditSession? Unstored { get; init; }

    /// <summary>Of this round: what Redis said.</summary>
    public Memory Memory { get; init; } = Memory.Unavailable;

    /// <summary>Of this round: what was decided.</summary>
    public Decision Decision { get; init; }

    /// <summary>Of this round: whether what it looks for could be too recent for Didit's list, so that it looks twice.</summary>
    public bool LooksAgain { get; init; }

    /// <summary>Of this round: what it does once its answer is stored, or its key is given back.</summary>
    public Effect Afterwards { get; init; } = Effect.Claim;

    /// <summary>What is known of the failed attempts of all deliveries, this one included.</summary>
    public AttemptNote? Note { get; init; }

    /// <summary>When the failure was after which this delivery has waited for its next try.</summary>
    public DateTimeOffset? WaitedAfter { get; init; }

    /// <summary>Signs of an earlier attempt: of an earlier delivery, or of this one.</summary>
    public bool MaybeAttempted => Evidence.MaybeAttempted || LastSent is not null;
}
