namespace DiditWorker.Protocol;

/// <summary>What is to be done for a delivery.</summary>
public enum EffectKind
{
    /// <summary>Ask Redis for the key. Leads to Claimed or RecordUnreadable.</summary>
    Claim,

    /// <summary>Ask whether requests of <see cref="Effect.Operation"/> may be sent. Leads to Entered or TurnedAway.</summary>
    Enter,

    /// <summary>Wait for <see cref="Effect.Delay"/>, then look for the session. Leads to LookedUp or Replied.</summary>
    LookUp,

    /// <summary>Make sure of the lease, then create. Leads to Replied, LeaseLost, LeaseUnknown or TooLate.</summary>
    Create,

    /// <summary>
    /// Store <see cref="Effect.Session"/>, or <see cref="Effect.Reason"/> as a refusal. Leads to Stored, Fenced or NotStored.
    /// </summary>
    Complete,

    /// <summary>Give the key back. Leads to Released, LeaseLost or LeaseUnknown.</summary>
    Release,

    /// <summary>Wait a little, to ask again whether another is done. Leads to Waited.</summary>
    Poll,

    /// <summary>
    /// Wait for <see cref="Effect.Delay"/>, or until a pause of Didit's ends; a long one also until another message achieves
    /// <see cref="Effect.Operation"/>. Leads to Waited.
    /// </summary>
    BackOff,

    /// <summary>
    /// Wait until requests of <see cref="Effect.Operation"/> may be sent, and keep that leave. Leads to Entered, or Waited where
    /// <see cref="Effect.NotAfter"/> came first.
    /// </summary>
    AwaitTurn,

    /// <summary>The end: publish <see cref="Effect.Session"/>.</summary>
    Answer,

    /// <summary>The end: publish the answer that <see cref="Effect.Record"/> holds.</summary>
    AnswerFromRecord,

    /// <summary>The end: reject, and park where <see cref="Effect.Rejection"/> says so.</summary>
    Reject,

    /// <summary>The end: back to the queue.</summary>
    Return,
}

/// <summary>Why a delivery is rejected: one for each code of the answer.</summary>
public enum Rejection
{
    /// <summary>Another payload came first under the same request id.</summary>
    PayloadMismatch,

    /// <summary>Didit refuses it for good.</summary>
    RefusedByDidit,

    /// <summary>Sessions that cannot be told apart.</summary>
    AmbiguousSession,

    /// <summary>It failed too often while others succeeded.</summary>
    AttemptsExhausted,

    /// <summary>Its deadline is over. The only one that is not parked.</summary>
    Expired,
}

/// <summary>Something to do.</summary>
/// <param name="Kind">What.</param>
/// <param name="Reason">Why, for people; of a rejection its words.</param>
public sealed record Effect(EffectKind Kind, string Reason = "")
{
    /// <summary>What every round begins with.</summary>
    public static Effect Claim { get; } = new(EffectKind.Claim);

    /// <summary>With Enter and AwaitTurn; with BackOff what failed, if anything did.</summary>
    public Operation Operation { get; init; }

    /// <summary>With LookUp and BackOff.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>With LookUp: no session that is older can be the request's own; null if that is unknown.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>
    /// With Create: not to be sent any more once this is over. With BackOff and AwaitTurn: the wait ends then. Null: at any time, never.
    /// </summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>With Complete: when the key was first claimed.</summary>
    public DateTimeOffset FirstAttempt { get; init; }

    /// <summary>With Complete of a session, and Answer.</summary>
    public DiditSession? Session { get; init; }

    /// <summary>With Answer: whether the session was found instead of made.</summary>
    public bool Adopted { get; init; }

    /// <summary>With Release.</summary>
    public ReleaseMode Release { get; init; }

    /// <summary>With Release: what the record is to say of the attempts; null: what it says already.</summary>
    public AttemptNote? Note { get; init; }

    /// <summary>With Reject.</summary>
    public Rejection Rejection { get; init; }

    /// <summary>With AnswerFromRecord, and with Reject of what was refused before: where the words are.</summary>
    public IdempotencyRecord? Record { get; init; }
}
