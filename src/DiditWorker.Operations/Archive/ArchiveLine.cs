using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using DiditWorker.Operations.DeadLetters;
using RabbitMQ.Client;

namespace DiditWorker.Operations.Archive;

/// <summary>A dead letter as it is in an archive: everything that it takes to publish it again, bit by bit.</summary>
/// <param name="Queue">Where it lay.</param>
/// <param name="Reference"><see cref="DeadLetter.Reference"/>.</param>
/// <param name="Properties">All of them, with the headers.</param>
/// <param name="Body">As it was.</param>
public sealed record ArchivedLetter(string Queue, string Reference, BasicProperties Properties, ReadOnlyMemory<byte> Body)
{
    /// <summary>Without what it holds: much of it may be personal.</summary>
    public override string ToString() => $"{nameof(ArchivedLetter)} {Reference}";
}

/// <summary>One line of an archive.</summary>
internal static class ArchiveLine
{
    private const string Format = "diditworker-dead-letters";
    private const int Version = 1;

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 1000, AllowDuplicateProperties = false };

    /// <summary>The first line, which says what the file is.</summary>
    public static void WriteHeader(IBufferWriter<byte> buffer, DateTimeOffset now)
    {
        using var json = new Utf8JsonWriter(buffer, Writing);
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteString("exportedAt", now);
        json.WriteEndObject();
    }

    /// <summary>A dead letter.</summary>
    /// <exception cref="ArchiveException">It cannot be kept without loss.</exception>
    public static void Write(IBufferWriter<byte> buffer, DeadLetter letter) => WriteLetter(buffer, letter, letter.Properties, json =>
        json.WriteBase64String("body", letter.Body.Span));

    /// <summary>A dead letter without what may be personal; it cannot be imported.</summary>
    public static void WriteRedacted(IBufferWriter<byte> buffer, DeadLetter letter) =>
        WriteLetter(buffer, letter, PropertyRedaction.Of(letter.Properties), json =>
        {
            json.WriteBoolean("redacted", true);
            json.WriteString("redactedBody", Redaction.Of(letter.Body));
        });

    /// <summary>Reads a line.</summary>
    /// <returns>None for a header, which may stand anywhere: archives can be put together.</returns>
    /// <exception cref="ArchiveException">It is not what was written.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static ArchivedLetter? Read(string line)
    {
        using var document = JsonDocument.Parse(line, Reading);
        var json = document.RootElement;
        try
        {
            if (json.TryGetProperty("format", out var format))
            {
                return format.GetString() == Format && json.GetProperty("version").GetInt32() == Version
                    ? null
                    : throw new ArchiveException($"is of another format or version; this one reads {Format}, version {Version}");
            }

            if (json.TryGetProperty("redacted", out _))
            {
                throw new ArchiveException("is redacted: what was left out cannot be imported. Export it without --redact");
            }

            return Checked(ReadLetter(json));
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            throw new ArchiveException("is no line of an archive: a member is missing, or is of another type", exception);
        }
    }

    private static void WriteLetter(IBufferWriter<byte> buffer, DeadLetter letter, IReadOnlyBasicProperties properties, Action<Utf8JsonWriter> writeBody)
    {
        using var json = new Utf8JsonWriter(buffer, Writing);
        json.WriteStartObject();
        json.WriteString("reference", letter.Reference);
        json.WriteString("queue", letter.Queue);
        json.WritePropertyName("properties");
        ArchiveProperties.Write(json, properties);
        if (properties.Headers is { } headers)
        {
            json.WritePropertyName("headers");
            ArchiveValue.WriteTable(json, headers);
        }

        writeBody(json);
        json.WriteEndObject();
    }

    private static ArchivedLetter ReadLetter(JsonElement json)
    {
        var properties = ArchiveProperties.Read(json.GetProperty("properties"));
        properties.Headers = json.TryGetProperty("headers", out var headers) ? ArchiveValue.ReadTable(headers) : null;
        return new(
            json.GetProperty("queue").GetString() ?? throw new ArchiveException("names no queue"),
            json.GetProperty("reference").GetString() ?? throw new ArchiveException("has no reference"),
            properties, json.GetProperty("body").GetBytesFromBase64());
    }

    private static ArchivedLetter Checked(ArchivedLetter letter) => letter.Reference == DeadLetterReader.Reference(letter.Properties, letter.Body.Span)
        ? letter
        : throw new ArchiveException("was changed: its message id, fault time and body do not give its reference. Export it again");
}
