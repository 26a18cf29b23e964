using System.Globalization;
using System.Text.Json;
using DiditWorker.Verification;

namespace DiditWorker.Transport;

/// <summary>
/// Checks the bytes of a body and tells the MassTransit envelope from raw JSON: the same for the consumer and for the operator's commands.
/// </summary>
public static class BodyReader
{
    private const int MaximumDepth = 32;

    // The envelope and its member "message" are two levels more.
    private const int EnvelopeDepth = 2;

    /// <summary>Reads. What is returned is a copy: it lives on when the body's buffer is somebody else's again.</summary>
    /// <param name="body">As it arrived.</param>
    /// <param name="contentType">AMQP's <c>content_type</c>; none: it is looked at which of the two it is.</param>
    /// <param name="maximumSize"><c>StartVerification:MaximumBodySize</c>, in bytes.</param>
    /// <exception cref="InvalidMessageException">It is neither; the text says what is wrong and quotes nothing of it.</exception>
    public static (JsonElement Root, bool IsEnvelope) Read(ReadOnlyMemory<byte> body, string? contentType, int maximumSize)
    {
        var type = string.IsNullOrWhiteSpace(contentType) ? null : contentType.Split(';')[0].Trim().ToLowerInvariant();
        if (type is not (null or "application/json" or "application/vnd.masstransit+json"))
        {
            throw new InvalidMessageException("content_type: expected application/json or application/vnd.masstransit+json");
        }

        if (body.Length > maximumSize)
        {
            throw new InvalidMessageException(
                $"body: {body.Length} bytes are more than the {maximumSize} that are allowed (StartVerification:MaximumBodySize)");
        }

        var root = Parse(body.Span, type == "application/json" ? MaximumDepth : MaximumDepth + EnvelopeDepth);
        return (root, IsEnvelope(root, type));
    }

    private static bool IsEnvelope(JsonElement root, string? type)
    {
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

        return looksLikeEnvelope && type != "application/json";
    }

    private static JsonElement Parse(ReadOnlySpan<byte> body, int depth)
    {
        // The parser does not look inside strings.
        if (!System.Text.Unicode.Utf8.IsValid(body))
        {
            throw new InvalidMessageException("body: is not UTF-8");
        }

        try
        {
            // Duplicate members are refused: two readers could take different ones.
            return JsonElement.Parse(body, new JsonDocumentOptions { MaxDepth = depth, AllowDuplicateProperties = false });
        }
        catch (InvalidOperationException)
        {
            throw new InvalidMessageException("body: the name of a member holds half of a surrogate pair, which is no text");
        }
        catch (JsonException exception)
        {
            // The parser's own text may quote the body.
            throw new InvalidMessageException(string.Create(CultureInfo.InvariantCulture,
                $"body: is no JSON in UTF-8, deeper than {MaximumDepth} levels, or names a member twice (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})"));
        }
    }
}
