using System.Text.Json;
using DiditWorker.Protocol;

namespace DiditWorker.Didit;

/// <summary>What a create needs.</summary>
/// <param name="Key">Sent as <c>Idempotency-Key</c> and in the metadata.</param>
/// <param name="VendorData">For the look-up.</param>
/// <param name="WorkflowId">Resolved.</param>
/// <param name="Payload">What the message asks for.</param>
public sealed record CreateRequest(IdempotencyKey Key, string VendorData, string WorkflowId, JsonElement Payload)
{
    /// <summary>Who goes first where others wait for Didit as well.</summary>
    public Precedence Precedence { get; init; }

    /// <summary>Without what it holds: much of it may be personal.</summary>
    public override string ToString() => $"{nameof(CreateRequest)} {Key}";
}
