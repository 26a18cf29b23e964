using System.Globalization;
using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;

namespace DiditWorker.Verification;

/// <summary>What a delivery carries beside its payload, whoever reads it: the consumer through MassTransit, or the operator's commands.</summary>
public sealed record DeliveryFacts
{
    /// <summary>Reads a header of the transport by its name: its text, empty if its value has another type, null if it is absent.</summary>
    public required Func<string, string?> Header { get; init; }

    /// <summary>A header inside the envelope.</summary>
    public Func<string, string?> EnvelopeHeader { get; init; } = _ => null;

    /// <summary>AMQP's <c>message_id</c>.</summary>
    public string? PropertyId { get; init; }

    /// <summary>AMQP's <c>timestamp</c>; null if it is not set.</summary>
    public long? Timestamp { get; init; }

    /// <summary>The envelope's <c>messageId</c>.</summary>
    public Guid? EnvelopeId { get; init; }

    /// <summary>The envelope's <c>sentTime</c>.</summary>
    public DateTimeOffset? SentTime { get; init; }

    /// <summary>Whether the broker says that it delivered it before.</summary>
    public bool Redelivered { get; init; }

    /// <summary>As MassTransit shows it.</summary>
    /// <param name="receive">The transport's view.</param>
    /// <param name="consume">The message's view; null where the body cannot be read.</param>
    public static DeliveryFacts Of(ReceiveContext receive, ConsumeContext? consume)
    {
        var properties = receive.TryGetPayload<RabbitMqBasicConsumeContext>(out var rabbit) ? rabbit.Properties : null;
        var facts = new DeliveryFacts
        {
            Header = name => Text(receive.TransportHeaders, name),
            PropertyId = properties?.MessageId,
            Timestamp = properties?.IsTimestampPresent() == true ? properties.Timestamp.UnixTime : null,
            Redelivered = receive.Redelivered,
        };

        // For raw JSON, MessageId and SentTime are made up, the one from the other.
        return consume is null or { SerializerContext: SystemTextJsonRawSerializerContext } ? facts : facts.With(consume);
    }

    /// <summary>The same with what an envelope says.</summary>
    public DeliveryFacts With(MessageEnvelope envelope) =>
        With(new EnvelopeMessageContext(envelope, SystemTextJsonMessageSerializer.Instance));

    // Times in it are in UTC.
    private DeliveryFacts With(MessageContext envelope) => this with
    {
        EnvelopeHeader = name => Text(envelope.Headers, name),
        EnvelopeId = envelope.MessageId,
        SentTime = envelope.SentTime is { } sent ? new DateTimeOffset(DateTime.SpecifyKind(sent, DateTimeKind.Utc)) : null,
    };

    // A table, a list or nothing at all is there, but is no text: as text, all of them would be the same id.
    private static string? Text(Headers headers, string name) => !headers.TryGetHeader(name, out var value)
        ? null
        : value is string or JsonElement { ValueKind: JsonValueKind.String } or IFormattable ? Convert.ToString(value, CultureInfo.InvariantCulture) : "";
}
