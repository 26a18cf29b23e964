using System.Net.Mime;
using System.Runtime.Serialization;
using System.Text.Json;
using DiditWorker.Verification;
using MassTransit;
using MassTransit.Serialization;

namespace DiditWorker.Transport;

/// <summary>
/// Checks a body before MassTransit reads it, so that whatever arrives is either a message or gets a clear <see cref="InvalidMessageException"/>.
/// Takes the MassTransit envelope and raw JSON; without a content type it looks which of the two it is.
/// </summary>
public sealed class CheckedDeserializer(ContentType contentType, int maximumBodySize) : IMessageDeserializer
{
    private const int MaximumDepth = 32;

    // The envelope and its member "message" are two levels more.
    private const int EnvelopeDepth = 2;

    private static readonly SystemTextJsonMessageSerializer Envelope = new();
    private static readonly SystemTextJsonRawMessageSerializer Raw = new(RawSerializerOptions.AnyMessageType);

    /// <inheritdoc />
    public ContentType ContentType { get; } = contentType;

    /// <inheritdoc />
    public ConsumeContext Deserialize(ReceiveContext receiveContext)
    {
        var deserializer = Choose(receiveContext);
        try
        {
            var context = deserializer.Deserialize(receiveContext);
            ReadAll(context);
            return context;
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or ArgumentException or SerializationException)
        {
            throw new InvalidMessageException("envelope or headers: an id, a time or an address has a value of the wrong form");
        }
    }

    /// <inheritdoc />
    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
        Envelope.Deserialize(body, headers, destinationAddress);

    /// <inheritdoc />
    public MessageBody GetMessageBody(string text) => Envelope.GetMessageBody(text);

    /// <inheritdoc />
    public void Probe(ProbeContext context) => context.CreateScope("checked");

    // MassTransit converts these when they are first asked for, which may be in the middle of something else.
    private static void ReadAll(ConsumeContext context) => _ = (
        context.MessageId, context.RequestId, context.CorrelationId, context.ConversationId, context.InitiatorId, context.ExpirationTime,
        context.SourceAddress, context.DestinationAddress, context.ResponseAddress, context.FaultAddress, context.SentTime);

    private IMessageDeserializer Choose(ReceiveContext context)
    {
        var type = DeclaredType(context);
        if (type is not (null or "application/json" or "application/vnd.masstransit+json"))
        {
            throw new InvalidMessageException("content_type: expected application/json or application/vnd.masstransit+json");
        }

        if (context.Body.Length > maximumBodySize)
        {
            throw new InvalidMessageException(
                $"body: {context.Body.Length} bytes are more than the {maximumBodySize} that are allowed (StartVerification:MaximumBodySize)");
        }

        using var document = Parse(context.Body.GetBytes(), type == "application/json" ? MaximumDepth : MaximumDepth + EnvelopeDepth);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidMessageException($"body: expected a JSON object, got {root.ValueKind}");
        }

        var looksLikeEnvelope = root.TryGetProperty("messageType", out _)
            && root.TryGetProperty("message", out var message) && message.ValueKind != JsonValueKind.Null;
        if (type == "application/vnd.masstransit+json" && !looksLikeEnvelope)
        {
            throw new InvalidMessageException(
                "body: the MassTransit envelope needs messageType and message; send plain JSON with content_type application/json");
        }

        return type == "application/json" || !looksLikeEnvelope ? Raw : Envelope;
    }

    private static string? DeclaredType(ReceiveContext context)
    {
        if (context.TryGetPayload<RabbitMqBasicConsumeContext>(out var rabbit))
        {
            // MassTransit puts its default in the place of a content type that is missing or malformed.
            return string.IsNullOrWhiteSpace(rabbit.Properties.ContentType)
                ? null
                : rabbit.Properties.ContentType.Split(';')[0].Trim().ToLowerInvariant();
        }

        return context.ContentType?.MediaType.ToLowerInvariant();
    }

    private static JsonDocument Parse(byte[] body, int depth)
    {
        // The parser does not look inside strings.
        if (!System.Text.Unicode.Utf8.IsValid(body))
        {
            throw new InvalidMessageException("body: is not UTF-8");
        }

        try
        {
            // Duplicate members are refused: two readers could take different ones.
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = depth, AllowDuplicateProperties = false });
        }
        catch (InvalidOperationException)
        {
            throw new InvalidMessageException("body: the name of a member holds half of a surrogate pair, which is no text");
        }
        catch (JsonException exception)
        {
            // The parser's own text may quote the body.
            throw new InvalidMessageException(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"body: is no JSON in UTF-8, deeper than {MaximumDepth} levels, or names a member twice (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})"));
        }
    }
}

/// <summary>Registers <see cref="CheckedDeserializer"/> for one content type; messages that go out keep MassTransit's serializer.</summary>
public sealed class CheckedDeserializerFactory(ContentType contentType, int maximumBodySize) : ISerializerFactory
{
    /// <inheritdoc />
    public ContentType ContentType { get; } = contentType;

    /// <inheritdoc />
    public IMessageSerializer CreateSerializer() => new SystemTextJsonMessageSerializer();

    /// <inheritdoc />
    public IMessageDeserializer CreateDeserializer() => new CheckedDeserializer(ContentType, maximumBodySize);
}
