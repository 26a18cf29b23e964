using System.Text.Json;
using DiditWorker.Verification;
using MassTransit;
using MassTransit.Serialization;

namespace DiditWorker.Messaging;

/// <summary>
/// Raw JSON as <see cref="BodyReader"/> has parsed it. MassTransit's own deserializer would parse the body a second time, and the message
/// in it a third time.
/// </summary>
internal sealed class RawJsonContext(ReceiveContext receive, JsonElement body) : SystemTextJsonRawSerializerContext(
    SystemTextJsonMessageSerializer.Instance,
    SystemTextJsonMessageSerializer.Options,
    SystemTextJsonRawMessageSerializer.JsonContentType,
    new RawMessageContext(receive.TransportHeaders, receive.InputAddress, AnyType),
    receive.GetMessageTypes(),
    AnyType,
    body)
{
    private const RawSerializerOptions AnyType = RawSerializerOptions.AnyMessageType;

    /// <inheritdoc />
    public override bool TryGetMessage<T>(out T? message)
        where T : class
    {
        message = typeof(T) == typeof(ReceivedStartVerification) ? (T)(object)new ReceivedStartVerification((JsonElement)Message) : null;
        return message is not null || base.TryGetMessage(out message);
    }
}
