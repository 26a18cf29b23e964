using System.Globalization;
using System.Text.Json;

namespace DiditWorker.Verification;

/// <summary>
/// What a delivery carries beside its payload, whoever reads it: the consumer through MassTransit, or the operator's commands.
/// </summary>
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

    /// <summary>AMQP's <c>priority</c>; 0 if it is not set.</summary>
    public byte Priority { get; init; }

    /// <summary>The envelope's <c>messageId</c>.</summary>
    public Guid? EnvelopeId { get; init; }

    /// <summary>The envelope's <c>sentTime</c>.</summary>
    public DateTimeOffset? SentTime { get; init; }

    /// <summary>The envelope's <c>expirationTime</c>.</summary>
    public DateTimeOffset? ExpirationTime { get; init; }

    /// <summary>Whether the broker says that it delivered it before.</summary>
    public bool Redelivered { get; init; }

    /// <summary>The same with what an envelope says.</summary>
    public DeliveryFacts With(Envelope envelope) => this with
    {
        EnvelopeHeader = name => Text(envelope.Headers, name),
        EnvelopeId = Guid.TryParse(envelope.MessageId, out var id) ? id : null,
        SentTime = Utc(envelope.SentTime),
        ExpirationTime = Utc(envelope.ExpirationTime),
    };

    /// <summary>A time in an envelope: they are all in UTC.</summary>
    public static DateTimeOffset? Utc(DateTime? time) =>
        time is { } utc ? new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)) : null;

    /// <summary>
    /// The text of a header's value. Only text and numbers have one. Any other value is empty: as text, all of them would be the same id.
    /// </summary>
    /// <param name="value">As the client library or MassTransit has it.</param>
    public static string Text(object? value) =>
        value is string or IFormattable ? Convert.ToString(value, CultureInfo.InvariantCulture) ?? "" : "";

    // As MassTransit finds it: without regard to case, and the last of two.
    private static string? Text(JsonElement? headers, string name) => headers?.EnumerateObject()
        .Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        .Select(header => Text(header.Value))
        .LastOrDefault();

    // As MassTransit has its value: whole numbers that fit are Int64, others Double.
    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? Text(whole) : Text(value.GetDouble()),
        _ => "",
    };
}
