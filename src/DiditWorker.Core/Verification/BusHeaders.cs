namespace DiditWorker.Verification;

/// <summary>
/// MassTransit's names of headers, for what reads and writes messages beside the bus. A test holds them to MassTransit's own constants.
/// </summary>
internal static class BusHeaders
{
    /// <summary>For clients that cannot set the property.</summary>
    public const string MessageId = "MessageId";

    /// <summary>The id under which a message was first published, where a scheduler gave it a new one.</summary>
    public const string OriginalMessageId = "MT-OriginalMessageId";

    /// <summary>W3C trace context.</summary>
    public const string ActivityId = "MT-Activity-Id";

    /// <summary>Whether the consumer's trace is a child of the sender's, or is linked to it.</summary>
    public const string ActivityPropagation = "MT-Activity-Propagation";
}
