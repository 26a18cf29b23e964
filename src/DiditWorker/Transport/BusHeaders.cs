using MassTransit;
using MassTransit.Logging;

namespace DiditWorker.Transport;

/// <summary>MassTransit's names of headers, for what reads and writes messages beside the bus.</summary>
internal static class BusHeaders
{
    public const string MessageId = MessageHeaders.MessageId;

    /// <summary>The id under which a message was first published, where a scheduler gave it a new one.</summary>
    public const string OriginalMessageId = MessageHeaders.OriginalMessageId;

    /// <summary>W3C trace context.</summary>
    public const string ActivityId = DiagnosticHeaders.ActivityId;

    /// <summary>Whether the consumer's trace is a child of the sender's, or is linked to it.</summary>
    public const string ActivityPropagation = DiagnosticHeaders.ActivityPropagation;
}
