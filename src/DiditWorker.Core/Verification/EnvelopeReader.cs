using System.Text.Json;

namespace DiditWorker.Verification;

/// <summary>
/// Reads MassTransit's envelope. MassTransit itself would take the last of two members whose names differ in case, would not say which
/// member is wrong, and would fail at a time that was never set where clocks are ahead of UTC.
/// </summary>
internal static class EnvelopeReader
{
    private const string NoEnvelope =
        "body: the MassTransit envelope needs messageType and message; send plain JSON with content_type application/json";

    private const string AnyType = "urn:message:";
    private const string OurType = AnyType + "DiditWorker.Contracts:StartVerification";

    /// <summary>Whether what is said to be JSON is an envelope in truth: clients that write one by hand often say no more.</summary>
    public static bool LooksLikeOne(JsonElement root)
    {
        var (hasType, hasMessage) = (false, false);
        foreach (var member in root.EnumerateObject())
        {
            if (IsNamed(member, "vendorData"))
            {
                return false;
            }

            hasType |= IsNamed(member, "messageType") && member.Value.ValueKind == JsonValueKind.Array
                && member.Value.EnumerateArray().Any(IsType);
            hasMessage |= IsNamed(member, "message") && member.Value.ValueKind == JsonValueKind.Object;
        }

        return hasType && hasMessage;
    }

    /// <summary>Whether the worker consumes what is in it. MassTransit compares types without regard to case.</summary>
    public static bool IsOurs(Envelope envelope) =>
        envelope.MessageType.Contains(OurType, StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads.</summary>
    /// <exception cref="InvalidMessageException">It is none, or has members of a wrong form; the text names every one.</exception>
    public static CheckedBody Read(JsonElement root)
    {
        var fields = new MessageFields(root, KnownNames.Envelope);
        var (types, message) = (fields["messageType"], fields["message"]);
        if (types is null || message is null)
        {
            fields.RefuseNearMisses();
            throw new InvalidMessageException(string.Join("; ", (string[])[NoEnvelope, .. fields.Faults]));
        }

        var envelope = new Envelope(Types(fields, types.Value), message.Value)
        {
            MessageId = Id(fields, "messageId"), RequestId = Id(fields, "requestId"), CorrelationId = Id(fields, "correlationId"),
            ConversationId = Id(fields, "conversationId"), InitiatorId = Id(fields, "initiatorId"),
            SourceAddress = Address(fields, "sourceAddress"), DestinationAddress = Address(fields, "destinationAddress"),
            ResponseAddress = Address(fields, "responseAddress"), FaultAddress = Address(fields, "faultAddress"),
            ExpirationTime = Time(fields, "expirationTime"), SentTime = Time(fields, "sentTime"),
            Headers = Headers(fields),
        };

        // What the worker does not consume is nobody's slip here.
        if (IsOurs(envelope))
        {
            fields.RefuseNearMisses();
        }

        return fields.Faults.Count == 0
            ? new(message.Value, envelope)
            : throw new InvalidMessageException("envelope: " + string.Join("; ", fields.Faults));
    }

    private static bool IsNamed(JsonProperty member, string name) => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static bool IsType(JsonElement type) => type.ValueKind == JsonValueKind.String
        && MessageFields.Decoded(type)?.StartsWith(AnyType, StringComparison.OrdinalIgnoreCase) == true;

    private static string? Id(MessageFields fields, string name)
    {
        var text = fields.String(name);
        var bad = !string.IsNullOrWhiteSpace(text) && !Guid.TryParse(text, out _);
        fields.Fault(bad, name, "expected a UUID; an id of another form needs plain JSON and message_id");
        return text;
    }

    private static string? Address(MessageFields fields, string name)
    {
        var text = fields.String(name);
        fields.Fault(!string.IsNullOrWhiteSpace(text) && !Uri.TryCreate(text, UriKind.Absolute, out _), name, "expected an absolute URI");
        return text;
    }

    // Without an offset it is taken for UTC, as MassTransit writes it.
    private static DateTime? Time(MessageFields fields, string name)
    {
        if (fields.String(name) is not { } text)
        {
            return null;
        }

        fields.Fault(MessageTime.Read(text, out var time) == TimeForm.Wrong, name, MessageTime.Expected);
        return time?.UtcDateTime;
    }

    private static string[] Types(MessageFields fields, JsonElement types)
    {
        string?[] texts = types.ValueKind == JsonValueKind.Array
            ? [.. types.EnumerateArray().Select(type => type.ValueKind == JsonValueKind.String ? MessageFields.Decoded(type) : null)]
            : [null];
        fields.Fault(texts.Contains(null), "messageType", "expected an array of strings");
        return [.. texts.OfType<string>()];
    }

    private static JsonElement? Headers(MessageFields fields)
    {
        var headers = fields.Object("headers");
        fields.Fault(headers is { } some && !IsText(some), "headers", "holds half of a surrogate pair, which is no text");
        return headers;
    }

    private static bool IsText(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => MessageFields.Decoded(value) is not null,
                JsonValueKind.Object => value.EnumerateObject().All(member => member.Name is not null && IsText(member.Value)),
                JsonValueKind.Array => value.EnumerateArray().All(IsText),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            // The name of a member.
            return false;
        }
    }
}
