using RabbitMQ.Client;

namespace DiditWorker.IntegrationTests.Strange;

/// <summary>
/// Properties of a message as bytes (AMQP 0-9-1, section 4.2.6.1), so that they can hold what the client library would not write.
/// </summary>
internal sealed class RawProperties(byte[] bytes) : IReadOnlyBasicProperties, IAmqpHeader
{
    public ushort ProtocolClassId => 60;

    public string? AppId => null;

    public string? ClusterId => null;

    public string? ContentEncoding => null;

    public string? ContentType => null;

    public string? CorrelationId => null;

    public DeliveryModes DeliveryMode => default;

    public string? Expiration => null;

    public IDictionary<string, object?>? Headers => null;

    public string? MessageId => null;

    public bool Persistent => true;

    public byte Priority => 0;

    public string? ReplyTo => null;

    public PublicationAddress? ReplyToAddress => null;

    public AmqpTimestamp Timestamp => default;

    public string? Type => null;

    public string? UserId => null;

    public int GetRequiredBufferSize() => bytes.Length;

    public int WriteTo(Span<byte> span)
    {
        bytes.CopyTo(span);
        return bytes.Length;
    }

    public bool IsAppIdPresent() => false;

    public bool IsClusterIdPresent() => false;

    public bool IsContentEncodingPresent() => false;

    public bool IsContentTypePresent() => false;

    public bool IsCorrelationIdPresent() => false;

    public bool IsDeliveryModePresent() => true;

    public bool IsExpirationPresent() => false;

    public bool IsHeadersPresent() => false;

    public bool IsMessageIdPresent() => true;

    public bool IsPriorityPresent() => false;

    public bool IsReplyToPresent() => false;

    public bool IsTimestampPresent() => false;

    public bool IsTypePresent() => false;

    public bool IsUserIdPresent() => false;
}
