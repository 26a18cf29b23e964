using System.Net.Mime;
using System.Runtime.Serialization;
using System.Text.Json;
using DiditWorker.Operations.Broker;
using DiditWorker.Verification;
using MassTransit;
using MassTransit.Serialization;

namespace DiditWorker.Messaging;

/// <summary>
/// Checks a body before MassTransit reads it, so that whatever arrives is either a message or gets a clear
/// <see cref="InvalidMessageException"/>. Takes the MassTransit envelope and raw JSON; without a content type it looks which of the two it
/// is.
/// </summary>
public sealed class CheckedDeserializer(ContentType contentType, int maximumBodySize) : IMessageDeserializer
{
    private static readonly SystemTextJsonMessageSerializer Serializer = new();

    /// <inheritdoc />
    public ContentType ContentType { get; } = contentType;

    /// <inheritdoc />
    public ConsumeContext Deserialize(ReceiveContext receiveContext)
    {
        SetApart.Check(receiveContext, maximumBodySize);
        var properties = receiveContext.AmqpProperties();
        UnreadableHeaders.Check(properties?.Headers);

        // MassTransit puts its default in the place of a content type that is missing or malformed.
        var type = properties is null ? receiveContext.ContentType?.MediaType : properties.ContentType;
        var body = BodyReader.Read(receiveContext.Body.GetBytes(), type, properties?.ContentEncoding, maximumBodySize);
        try
        {
            var context = new BodyConsumeContext(
                receiveContext, body.Envelope is { } envelope ? InEnvelope(envelope) : Raw(receiveContext, body.Message));
            ReadAll(context);
            return context;
        }
        catch (Exception exception)
            when (exception is FormatException or InvalidOperationException or ArgumentException or SerializationException
            or JsonException)
        {
            throw new InvalidMessageException("headers: an id, a time or an address has a value of the wrong form");
        }
    }

    /// <inheritdoc />
    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
        Serializer.Deserialize(body, headers, destinationAddress);

    /// <inheritdoc />
    public MessageBody GetMessageBody(string text) => Serializer.GetMessageBody(text);

    /// <inheritdoc />
    public void Probe(ProbeContext context) => context.CreateScope("checked");

    // MassTransit converts these when they are first asked for, which may be in the middle of something else.
    private static void ReadAll(BodyConsumeContext context) => _ = (
        context.MessageId, context.RequestId, context.CorrelationId, context.ConversationId, context.InitiatorId, context.ExpirationTime,
        context.SourceAddress, context.DestinationAddress, context.ResponseAddress, context.FaultAddress, context.SentTime);

    private static SystemTextJsonRawSerializerContext Raw(ReceiveContext receive, JsonElement message)
    {
        const RawSerializerOptions anyType = RawSerializerOptions.AnyMessageType;
        return new(
            SystemTextJsonMessageSerializer.Instance,
            SystemTextJsonMessageSerializer.Options,
            SystemTextJsonRawMessageSerializer.JsonContentType,
            new RawMessageContext(receive.TransportHeaders, receive.InputAddress, anyType),
            receive.GetMessageTypes(),
            anyType,
            message);
    }

    private static SystemTextJsonSerializerContext InEnvelope(Envelope read)
    {
        var envelope = new JsonMessageEnvelope
        {
            MessageId = read.MessageId, RequestId = read.RequestId, CorrelationId = read.CorrelationId,
            ConversationId = read.ConversationId,
            InitiatorId = read.InitiatorId, SourceAddress = read.SourceAddress, DestinationAddress = read.DestinationAddress,
            ResponseAddress = read.ResponseAddress, FaultAddress = read.FaultAddress, ExpirationTime = read.ExpirationTime,
            SentTime = read.SentTime, MessageType = [.. read.MessageType], Message = read.Message,
            Headers = read.Headers?.Deserialize<Dictionary<string, object?>>(SystemTextJsonMessageSerializer.Options) ?? [],
        };
        return new(
            SystemTextJsonMessageSerializer.Instance,
            SystemTextJsonMessageSerializer.Options,
            SystemTextJsonMessageSerializer.JsonContentType,
            new EnvelopeMessageContext(envelope, SystemTextJsonMessageSerializer.Instance),
            envelope.MessageType,
            envelope);
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
