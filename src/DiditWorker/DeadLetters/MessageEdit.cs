using System.Text.Json;
using System.Text.Json.Nodes;
using DiditWorker.Idempotency;
using DiditWorker.Transport;
using RabbitMQ.Client;

namespace DiditWorker.DeadLetters;

/// <summary>
/// A dead letter with some of its members changed. If what goes to Didit changes it is a new request: a new request id is minted and linked by
/// a header, and it counts as published now.
/// </summary>
/// <param name="Letter">The changed message, still in the place of the old one.</param>
/// <param name="IsNewRequest">Whether what goes to Didit changed.</param>
public sealed record MessageEdit(DeadLetter Letter, bool IsNewRequest)
{
    /// <summary>Changes.</summary>
    /// <param name="letter">The message as it lies there.</param>
    /// <param name="assignments"><c>path=value</c>: a path of member names with dots below the message; a value as JSON, or text that is none.</param>
    /// <param name="reader">Reads the result, as the consumer would.</param>
    /// <param name="now">When it is published.</param>
    /// <exception cref="FormatException">An assignment cannot be carried out, or the result is no valid message; the text says why.</exception>
    public static MessageEdit Apply(DeadLetter letter, IReadOnlyList<string> assignments, DeadLetterReader reader, DateTimeOffset now)
    {
        var root = Parse(letter);
        var message = IsEnvelope(letter, root) ? root["message"] as JsonObject : root;
        foreach (var assignment in assignments)
        {
            Assign(message ?? throw new FormatException("the message in the envelope is no JSON object"), assignment);
        }

        var properties = new BasicProperties(letter.Properties);
        var edited = reader.Read(letter.Queue, properties, Bytes(root));
        if (edited.Request is null)
        {
            throw new FormatException($"the changed message would be rejected: {edited.Invalid}");
        }

        if (letter.Request is not null && Fingerprint.Of(letter.Request.Payload) == Fingerprint.Of(edited.Request.Payload))
        {
            return new(edited, IsNewRequest: false);
        }

        var id = UUIDNext.Uuid.NewRandom();
        Renew(root, properties, IsEnvelope(letter, root), id, letter.Delivery?.RequestId, now);
        return new(reader.Read(letter.Queue, properties, Bytes(root)), IsNewRequest: true);
    }

    private static void Renew(JsonObject root, BasicProperties properties, bool isEnvelope, Guid id, string? oldId, DateTimeOffset now)
    {
        properties.MessageId = id.ToString("D");
        properties.Timestamp = new AmqpTimestamp(now.ToUnixTimeSeconds());
        var headers = new Dictionary<string, object?>(properties.Headers ?? new Dictionary<string, object?>(StringComparer.Ordinal), StringComparer.Ordinal);

        // The id under which the old one was first published, and how often that one was replayed, are not this one's.
        headers.Remove(BusHeaders.OriginalMessageId);
        headers.Remove(BusHeaders.MessageId);
        headers.Remove(ReplayHeaders.Count);
        headers[ReplayHeaders.EditedFrom] = oldId ?? "none";
        properties.Headers = headers;
        if (isEnvelope)
        {
            root["messageId"] = id.ToString("D");
            root["sentTime"] = now.UtcDateTime;
            (root["headers"] as JsonObject)?.Remove(BusHeaders.OriginalMessageId);
        }
    }

    private static JsonObject Parse(DeadLetter letter)
    {
        try
        {
            return JsonNode.Parse(letter.Body.Span) as JsonObject ?? throw new FormatException("the body is no JSON object, so no member of it can be set");
        }
        catch (JsonException exception)
        {
            throw new FormatException("the body is no JSON, so no member of it can be set", exception);
        }
    }

    private static bool IsEnvelope(DeadLetter letter, JsonObject root) =>
        letter.Properties.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true && root.ContainsKey("messageType") && root.ContainsKey("message");

    private static void Assign(JsonObject message, string assignment)
    {
        var parts = assignment.Split('=', 2);
        if (parts.Length != 2 || parts[0].Split('.').Any(string.IsNullOrWhiteSpace))
        {
            throw new FormatException($"--set: expected path=value, for example workflowId=11111111-2222-4333-8444-555555555555 or metadata.order=42");
        }

        var path = parts[0].Split('.');
        var parent = message;
        foreach (var name in path[..^1])
        {
            if (parent[name] is not JsonObject child)
            {
                parent[name] = child = [];
            }

            parent = child;
        }

        parent[path[^1]] = Value(parts[1]);
    }

    private static JsonNode? Value(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static byte[] Bytes(JsonObject root) => JsonSerializer.SerializeToUtf8Bytes(root);
}
