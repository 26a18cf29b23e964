using System.Text.Json;
using System.Text.Json.Nodes;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Protocol;
using DiditWorker.Verification;
using RabbitMQ.Client;

namespace DiditWorker.Operations.Replay;

/// <summary>
/// A dead letter with some of its members changed. If what goes to Didit changes it is a new request: a new request id is minted and linked
/// by a header, and it counts as published now.
/// </summary>
/// <param name="Letter">The changed message, still in the place of the old one.</param>
/// <param name="IsNewRequest">Whether what goes to Didit changed.</param>
public sealed record MessageEdit(DeadLetter Letter, bool IsNewRequest)
{
    private const string Deadline = "notAfter";

    /// <summary>Changes.</summary>
    /// <param name="letter">The message as it lies there.</param>
    /// <param name="assignments">
    /// <c>path=value</c>: a path of member names with dots below the message; a value as JSON, or text that is none.
    /// </param>
    /// <param name="reader">Reads the result, as the consumer would.</param>
    /// <param name="now">When it is published.</param>
    /// <exception cref="FormatException">
    /// An assignment cannot be carried out, or the result is no valid message; the text says why.
    /// </exception>
    public static MessageEdit Apply(DeadLetter letter, IReadOnlyList<string> assignments, DeadLetterReader reader, DateTimeOffset now)
    {
        var (root, isEnvelope) = Parse(letter);
        var message = isEnvelope ? root[Spelt(root, "message")] as JsonObject : root;
        if (message is null)
        {
            throw new FormatException("the message in the envelope is no JSON object");
        }

        foreach (var assignment in assignments)
        {
            Assign(message, assignment);
            if (isEnvelope && assignment.StartsWith(Deadline + "=", StringComparison.OrdinalIgnoreCase))
            {
                // The earlier of the two counts, and an operator means the one that he gives.
                root.Remove(Spelt(root, "expirationTime"));
            }
        }

        var properties = new BasicProperties(letter.Properties);
        var edited = reader.Read(letter.Queue, properties, Bytes(root));
        if (edited.Request is null)
        {
            throw new FormatException($"the changed message would be rejected: {edited.Invalid}");
        }

        if (edited.Delivery?.Deadline <= now)
        {
            throw new FormatException(
                "the changed message would be answered Expired: its deadline is over. Give it a new one as well: --set "
                + $"{Deadline}=2026-11-24T12:00:00Z, or take it away: --set {Deadline}=null");
        }

        if (letter.Request is not null && Fingerprint.Of(letter.Request.Payload) == Fingerprint.Of(edited.Request.Payload))
        {
            return new(edited, IsNewRequest: false);
        }

        var id = UUIDNext.Uuid.NewRandom();
        Renew(properties, id, letter.Delivery?.RequestId, now);
        message.Remove(Spelt(message, "requestedAt"));
        if (isEnvelope)
        {
            RenewEnvelope(root, id, now);
        }

        return new(reader.Read(letter.Queue, properties, Bytes(root)), IsNewRequest: true);
    }

    private static void Renew(BasicProperties properties, Guid id, string? oldId, DateTimeOffset now)
    {
        properties.MessageId = id.ToString("D");
        properties.Timestamp = new AmqpTimestamp(now.ToUnixTimeSeconds());
        var headers = Aside.Copy(properties);

        // The id under which the old one was first published, and how often that one was replayed, are not this one's.
        headers.Remove(BusHeaders.OriginalMessageId);
        headers.Remove(BusHeaders.MessageId);
        headers.Remove(ReplayHeaders.Count);
        headers[ReplayHeaders.EditedFrom] = oldId ?? "none";
        properties.Headers = headers;
    }

    private static void RenewEnvelope(JsonObject envelope, Guid id, DateTimeOffset now)
    {
        envelope[Spelt(envelope, "messageId")] = id.ToString("D");
        envelope[Spelt(envelope, "sentTime")] = now.UtcDateTime;
        if (envelope[Spelt(envelope, "headers")] is JsonObject headers)
        {
            headers.Remove(Spelt(headers, BusHeaders.OriginalMessageId));
        }
    }

    private static (JsonObject Root, bool IsEnvelope) Parse(DeadLetter letter)
    {
        try
        {
            var properties = letter.Properties;
            var (root, isEnvelope) = BodyReader.ReadRoot(letter.Body, properties.ContentType, properties.ContentEncoding, int.MaxValue);
            return (JsonObject.Create(root)!, isEnvelope);
        }
        catch (InvalidMessageException invalid)
        {
            throw new FormatException($"no member of it can be set: {invalid.Message}", invalid);
        }
    }

    // The worker reads names without regard to case: a second spelling beside the first would be refused.
    private static string Spelt(JsonObject parent, string name) => parent.ContainsKey(name)
        ? name
        : parent.Select(member => member.Key).FirstOrDefault(key => key.Equals(name, StringComparison.OrdinalIgnoreCase), name);

    private static void Assign(JsonObject message, string assignment)
    {
        var parts = assignment.Split('=', 2);
        if (parts.Length != 2 || parts[0].Split('.').Any(string.IsNullOrWhiteSpace))
        {
            throw new FormatException(
                $"--set: expected path=value, for example workflowId=11111111-2222-4333-8444-555555555555 or metadata.order=42");
        }

        var path = parts[0].Split('.');
        var (parent, ours) = (message, true);
        foreach (var part in path[..^1])
        {
            var name = ours ? Spelt(parent, part) : part;
            if (parent[name] is not JsonObject child)
            {
                parent[name] = child = [];
            }

            // Below metadata and expectedDetails names are the caller's, and Order is not order.
            (parent, ours) = (child, ours && name.Equals("contactDetails", StringComparison.OrdinalIgnoreCase));
        }

        parent[ours ? Spelt(parent, path[^1]) : path[^1]] = Value(parts[1]);
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
