namespace DiditWorker.Contracts;

/// <summary>
/// The answer when there will be no session unless somebody acts: the message is also parked in the error queue, but for
/// <see cref="RejectionCodes.Expired"/>.
/// </summary>
public sealed record VerificationSessionRejected
{
    /// <summary>The id under which <see cref="StartVerification"/> was first published.</summary>
    public required string RequestId { get; init; }

    /// <summary>UUIDv5 of the request id.</summary>
    public required Guid IdempotencyKey { get; init; }

    /// <summary>One of <see cref="RejectionCodes"/>. Treat an unknown one as permanent.</summary>
    public required string Code { get; init; }

    /// <summary>What is wrong and where, for people; values that came with the request are masked.</summary>
    public required string Reason { get; init; }

    /// <summary>From the request, where it could be read.</summary>
    public string? VendorData { get; init; }

    /// <summary>From the request or the worker's default, where it could be read.</summary>
    public string? WorkflowId { get; init; }

    /// <summary>Without what it holds: the reason may be long, and the caller's id is nobody else's.</summary>
    public override string ToString() => $"{nameof(VerificationSessionRejected)} {RequestId}: {Code}";
}
