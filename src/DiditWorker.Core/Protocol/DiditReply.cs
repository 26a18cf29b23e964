namespace DiditWorker.Protocol;

/// <summary>What came of one request to Didit: a fact, before anybody judges whose fault it is (<see cref="FailurePolicy"/>).</summary>
public enum ReplyKind
{
    /// <summary>A create: a session, new or handed back. A read: what was asked for.</summary>
    Answered,

    /// <summary>400, 422 in Didit's JSON about this request.</summary>
    Refused,

    /// <summary>Didit does not know the workflow.</summary>
    WorkflowUnknown,

    /// <summary>402, or 400 or 403 whose words say so: the account has no credits.</summary>
    CreditsMissing,

    /// <summary>403 that says so: the contract's billing is suspended.</summary>
    BillingSuspended,

    /// <summary>Didit says that the application was deleted.</summary>
    ApplicationDeleted,

    /// <summary>401: the API key is refused.</summary>
    KeyRefused,

    /// <summary>403 without one of the words above: the key, a missing right, or a firewall that dislikes one body.</summary>
    Forbidden,

    /// <summary>
    /// A 4xx that Didit does not document for this request, or anything that is not Didit's JSON: something in front of Didit may speak.
    /// </summary>
    Strange,

    /// <summary>3xx: base address or path is wrong.</summary>
    Redirected,

    /// <summary>429.</summary>
    Throttled,

    /// <summary>409: Didit knows the key and wants the original to be fetched.</summary>
    Conflict,

    /// <summary>It was not sent, for a reason of ours: the lease, or the window.</summary>
    Withheld,

    /// <summary>It could not be sent: no connection, or no time left.</summary>
    NotSent,

    /// <summary>
    /// 408, 5xx, no reply in time, or a connection that broke: nobody knows what became of it. A read that failed so is harmless.
    /// </summary>
    Ambiguous,
}

/// <summary>What came of one request.</summary>
/// <param name="Kind">The class of it.</param>
/// <param name="Why">For people; safe to log.</param>
public sealed record DiditReply(ReplyKind Kind, string Why)
{
    /// <summary>HTTP status; 0: there was no reply.</summary>
    public int Status { get; init; }

    /// <summary>With <see cref="ReplyKind.Answered"/> of a create.</summary>
    public DiditSession? Session { get; init; }

    /// <summary>With <see cref="ReplyKind.Throttled"/>: how long Didit wants not to be asked.</summary>
    public TimeSpan RetryAfter { get; init; }

    /// <summary>What it says of the rate; null: nothing.</summary>
    public ToldRate? Rate { get; init; }

    /// <summary>
    /// Whether Didit may have made a session without saying which. A 409 says that an attempt was made, maybe by this very request.
    /// </summary>
    public bool MaybeMade => Kind is ReplyKind.Ambiguous or ReplyKind.Conflict;

    /// <summary>Whether a create has certainly made no session.</summary>
    public bool MadeNone => Kind != ReplyKind.Answered && !MaybeMade;

    /// <summary>
    /// Whether Didit may still be at work on a create: the connection broke, or a gateway gave up waiting (RFC 9110, sections 15.5.9 and
    /// 15.6;
    /// only 500 and a success are a word of Didit itself).
    /// </summary>
    public bool MaybeUnderWay => Kind == ReplyKind.Ambiguous && Status is 0 or 408 or > 500;
}
