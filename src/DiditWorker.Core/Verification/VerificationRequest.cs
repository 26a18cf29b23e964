using System.Text.Json;

namespace DiditWorker.Verification;

/// <summary>A valid request.</summary>
/// <param name="VendorData">The caller's id for the person.</param>
/// <param name="WorkflowId">From the message, else the default.</param>
/// <param name="Payload"> What the message asks Didit for, in Didit's member names, without the worker's defaults and without the key: what
/// the fingerprint covers.
/// </param>
public sealed record VerificationRequest(string VendorData, string WorkflowId, JsonElement Payload)
{
    /// <summary>When the request was first made, in UTC; null if the message does not say. No part of the payload.</summary>
    public DateTimeOffset? RequestedAt { get; init; }

    /// <summary>After it no session is to be made, in UTC; null if the message does not say. No part of the payload.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Without what it holds: much of it may be personal.</summary>
    public override string ToString() => nameof(VerificationRequest);
}
