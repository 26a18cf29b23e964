using System.Text.Json;

namespace DiditWorker.Verification;

/// <summary>MassTransit's envelope around a message (MassTransit docs, "Interoperability"), read and checked.</summary>
/// <param name="MessageType">The URNs of its types.</param>
/// <param name="Message">What is in it.</param>
public sealed record Envelope(IReadOnlyList<string> MessageType, JsonElement Message)
{
    /// <summary>The message id: a UUID. Null: it has none.</summary>
    public string? MessageId { get; init; }

    /// <summary>A UUID, or null.</summary>
    public string? RequestId { get; init; }

    /// <summary>A UUID, or null.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>A UUID, or null.</summary>
    public string? ConversationId { get; init; }

    /// <summary>A UUID, or null.</summary>
    public string? InitiatorId { get; init; }

    /// <summary>An absolute URI, or null.</summary>
    public string? SourceAddress { get; init; }

    /// <summary>An absolute URI, or null.</summary>
    public string? DestinationAddress { get; init; }

    /// <summary>An absolute URI, or null.</summary>
    public string? ResponseAddress { get; init; }

    /// <summary>An absolute URI, or null.</summary>
    public string? FaultAddress { get; init; }

    /// <summary>In UTC, or null.</summary>
    public DateTime? ExpirationTime { get; init; }

    /// <summary>In UTC, or null.</summary>
    public DateTime? SentTime { get; init; }

    /// <summary>The headers inside it: an object, or null.</summary>
    public JsonElement? Headers { get; init; }

    /// <summary>Without what it holds: much of it may be personal.</summary>
    public override string ToString() => nameof(Envelope);
}
