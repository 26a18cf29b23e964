using System.Text.Json;

namespace DiditWorker.Verification;

/// <summary>A body that was read. It is a copy: it lives on when the body's buffer is somebody else's again.</summary>
/// <param name="Message">The message without its envelope.</param>
/// <param name="Envelope">MassTransit's envelope around it; null for raw JSON.</param>
public readonly record struct CheckedBody(JsonElement Message, Envelope? Envelope)
{
    /// <summary>Without what it holds: much of it may be personal.</summary>
    public override string ToString() => nameof(CheckedBody);
}

/// <summary>
/// Checks the bytes of a body and tells the MassTransit envelope from raw JSON: the same for the consumer and for the operator's commands.
/// </summary>
public static class BodyReader
{
    private const int MaxDepth = 32;

    // The envelope and its member "message" are two levels more.
    private const int EnvelopeDepth = 2;

    private static readonly string TooDeep = $"is deeper than {MaxDepth} levels";

    /// <summary>Reads.</summary>
    /// <param name="body">As it arrived.</param>
    /// <param name="contentType">AMQP's <c>content_type</c>; null: it is looked at which of the two it is.</param>
    /// <param name="contentEncoding">AMQP's <c>content_encoding</c>.</param>
    /// <param name="maximumSize"><c>StartVerification:MaximumBodySize</c>, in bytes.</param>
    /// <exception cref="InvalidMessageException">It is neither; the text says what is wrong and quotes no value of it.</exception>
    public static CheckedBody Read(ReadOnlyMemory<byte> body, string? contentType, string? contentEncoding, int maximumSize)
    {
        var (root, isEnvelope) = ReadRoot(body, contentType, contentEncoding, maximumSize);
        return isEnvelope ? EnvelopeReader.Read(root) : new(root, Envelope: null);
    }

    /// <summary>Reads no further than to what the body is.</summary>
    /// <inheritdoc cref="Read"/>
    public static (JsonElement Root, bool IsEnvelope) ReadRoot(
        ReadOnlyMemory<byte> body, string? contentType, string? contentEncoding, int maximumSize)
    {
        var declared = ContentProperties.Read(contentType, contentEncoding);
        if (body.Length > maximumSize)
        {
            throw TooLarge(body.Length, maximumSize);
        }

        var root = Parse(WithoutMark(body.Span), declared == DeclaredContent.Json ? MaxDepth : MaxDepth + EnvelopeDepth);
        if (root.ValueKind != JsonValueKind.Object)
        {
            var twice = root.ValueKind == JsonValueKind.String ? "; is it written as JSON twice?" : "";
            throw new InvalidMessageException($"body: expected a JSON object, got {root.ValueKind}{twice}");
        }

        return (root, declared == DeclaredContent.Envelope || EnvelopeReader.LooksLikeOne(root));
    }

    /// <summary>The body without the byte-order mark that some tools put before UTF-8.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> body) => body is [0xEF, 0xBB, 0xBF, ..] ? body[3..] : body;

    /// <summary>What is thrown for a body that is too large.</summary>
    /// <param name="size">Its length, in bytes.</param>
    /// <param name="maximumSize"><c>StartVerification:MaximumBodySize</c>, in bytes.</param>
    internal static InvalidMessageException TooLarge(int size, int maximumSize) =>
        new($"body: {size} bytes are more than the {maximumSize} that are allowed (StartVerification:MaximumBodySize)");

    private static JsonElement Parse(ReadOnlySpan<byte> body, int depth)
    {
        try
        {
            // The parser does not look inside strings. Duplicate members are refused: two readers could take different ones.
            return System.Text.Unicode.Utf8.IsValid(body)
                ? JsonElement.Parse(body, new JsonDocumentOptions { MaxDepth = depth, AllowDuplicateProperties = false })
                : throw new JsonException();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidMessageException("body: " + JsonFault.Find(body, depth, TooDeep));
        }
    }
}
