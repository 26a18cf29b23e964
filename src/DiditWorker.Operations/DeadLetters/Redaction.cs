using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DiditWorker.Verification;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>Shows the shape of a body without what people may have put into it.</summary>
public static class Redaction
{
    // Ours or the bus': no word of a caller stands in them.
    private static readonly string[] Safe =
    [
        "messageId", "conversationId", "correlationId", "requestId", "initiatorId", "messageType", "sentTime", "requestedAt", "workflowId",
        "callbackMethod", "language",
    ];

    /// <summary>The body with every value but a few technical ones as <c>***</c>; a body that is no JSON as its length.</summary>
    public static string Of(ReadOnlyMemory<byte> body)
    {
        try
        {
            var root = JsonNode.Parse(BodyReader.WithoutMark(body.Span), documentOptions: new JsonDocumentOptions { MaxDepth = 64 });
            return Masked(root, safe: false)?.ToJsonString() ?? "null";
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return $"({body.Length} bytes that are no JSON)";
        }
    }

    /// <summary>The body as it is.</summary>
    public static string Open(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span);

    private static JsonNode? Masked(JsonNode? node, bool safe) => node switch
    {
        JsonObject members => new JsonObject(members.Select(
            m => KeyValuePair.Create(m.Key, Masked(m.Value, Safe.Contains(m.Key, StringComparer.OrdinalIgnoreCase))))),
        JsonArray items => new JsonArray([.. items.Select(item => Masked(item, safe))]),
        null => null,
        _ => safe ? node.DeepClone() : JsonValue.Create("***"),
    };
}
