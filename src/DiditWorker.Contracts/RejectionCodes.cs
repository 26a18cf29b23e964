namespace DiditWorker.Contracts;

/// <summary>The values of <see cref="VerificationSessionRejected.Code"/>.</summary>
public static class RejectionCodes
{
    /// <summary>
    /// The message cannot be read or breaks a rule; the reason names every fault. Publish a corrected one under a new id.
    /// </summary>
    public const string InvalidMessage = "InvalidMessage";

    /// <summary>The same request id came with another payload. The first one's session is untouched.</summary>
    public const string PayloadMismatch = "PayloadMismatch";

    /// <summary>Didit refused the request for good (400, 404, 422 and the like); the reason has Didit's words.</summary>
    public const string RefusedByDidit = "RefusedByDidit";

    /// <summary>An earlier attempt may have made one of several sessions, and only a person can tell which.</summary>
    public const string AmbiguousSession = "AmbiguousSession";

    /// <summary>This request failed a bounded number of times while others succeeded.</summary>
    public const string AttemptsExhausted = "AttemptsExhausted";

    /// <summary>
    /// Its deadline was over before it had a session, and no attempt of it has made one. The only rejection that is not parked: under the
    /// same id it may be published again with a later deadline.
    /// </summary>
    public const string Expired = "Expired";
}
