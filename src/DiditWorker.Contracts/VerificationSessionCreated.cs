namespace DiditWorker.Contracts;

/// <summary>
/// The answer: the one session that belongs to the request. Every repeat has the same MessageId (UUIDv5 of key and event name),
/// CorrelationId (the key) and body, so a consumer may deduplicate on the MessageId.
/// </summary>
public sealed record VerificationSessionCreated
{
    /// <summary>The id under which <see cref="StartVerification"/> was first published; a UUID is in lower-case hyphenated form.</summary>
    public required string RequestId { get; init; }

    /// <summary>UUIDv5 of the request id; what the worker sent to Didit as <c>Idempotency-Key</c>.</summary>
    public required Guid IdempotencyKey { get; init; }

    /// <summary>Didit's id of the session.</summary>
    public required string SessionId { get; init; }

    /// <summary>Didit's number of the session, where Didit gave one.</summary>
    public long? SessionNumber { get; init; }

    /// <summary>
    /// Where the person verifies. A bearer secret: whoever has it can take the verification. It dies with the session, see
    /// <see cref="ExpiresAt"/>.
    /// </summary>
    public required string Url { get; init; }

    /// <summary>
    /// Didit's status when the worker got the session, for example <c>Not Started</c>. A repeat carries the same one; ask Didit for
    /// today's.
    /// </summary>
    public required string Status { get; init; }

    /// <summary>From the request.</summary>
    public required string VendorData { get; init; }

    /// <summary>The workflow of the session.</summary>
    public required string WorkflowId { get; init; }

    /// <summary>
    /// When the session was made: Didit's time where it was adopted by a look-up, else the worker's when Didit answered. UTC.
    /// </summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// When <see cref="Url"/> stops working: <see cref="CreatedAt"/> plus the worker's <c>Didit:SessionLifetime</c> (7 days by default, as
    /// measured by third parties; the workflow decides). An answer repeated after this time carries a dead link.
    /// </summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Without what it holds: whoever has the URL can take the verification.</summary>
    public override string ToString() => $"{nameof(VerificationSessionCreated)} {RequestId}";
}
