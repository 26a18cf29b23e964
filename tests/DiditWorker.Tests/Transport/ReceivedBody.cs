using System.Net.Mime;
using System.Reflection;
using MassTransit;
using MassTransit.Serialization;

namespace DiditWorker.Tests.Transport;

/// <summary>A delivery that has a body and a content type and answers nothing else.</summary>
public class ReceivedBody : DispatchProxy
{
    private byte[] _body = [];
    private string? _contentType;

    public static ReceiveContext Create(byte[] body, string? contentType)
    {
        var context = Create<ReceiveContext, ReceivedBody>();
        ((ReceivedBody)(object)context)._body = body;
        ((ReceivedBody)(object)context)._contentType = contentType;
        return context;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        "get_Body" => new BytesMessageBody(_body),
        "get_ContentType" => _contentType is null ? null : new ContentType(_contentType),
        "TryGetPayload" => false,
        "get_TransportHeaders" => new DictionarySendHeaders(),
        "get_InputAddress" => new Uri("loopback://localhost/start-verification"),
        "get_PublishEndpointProvider" or "get_SendEndpointProvider" => null,
        "GetMessageTypes" => Array.Empty<string>(),
        _ => throw new NotSupportedException(targetMethod.Name),
    };
}
