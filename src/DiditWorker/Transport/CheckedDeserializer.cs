using System.Net.Mime;
using System.Runtime.Serialization;
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
    private static readonly SystemTextJsonMessageSerializer Envelope = new();

    /// <inheritdoc />
    public ContentType ContentType { get; } = contentType;

    /// <inheritdoc />
    public ConsumeContext Deserialize(ReceiveContext receiveContext)
    {
        SetApart.Check(receiveContext, maximumBodySize);
        UnreadableHeaders.Check(receiveContext);
        var (root, isEnvelope) = BodyReader.Read(receiveContext.Body.GetBytes(), DeclaredType(receiveContext), maximumBodySize);
        try
        {
            var context = isEnvelope ? Envelope.Deserialize(receiveContext) : new BodyConsumeContext(receiveContext, new RawJsonContext(receiveContext, root));
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

    // MassTransit puts its default in the place of a content type that is missing or malformed.
    private static string? DeclaredType(ReceiveContext context) =>
        context.TryGetPayload<RabbitMqBasicConsumeContext>(out var rabbit) ? rabbit.Properties.ContentType : context.ContentType?.MediaType;
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
