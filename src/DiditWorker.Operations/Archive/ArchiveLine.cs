using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;
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
    private const int Version = 2;

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Reading = new() { AllowDuplicateProperties = false };

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
    public static void Write(IBufferWriter<byte> buffer, DeadLetter letter) => WriteLetter(buffer, letter, json =>
    {
        json.WriteBase64String("properties", Frame(letter.Properties));
        json.WriteBase64String("body", letter.Body.Span);
    });

    /// <summary>A dead letter without what may be personal; it cannot be imported.</summary>
    public static void WriteRedacted(IBufferWriter<byte> buffer, DeadLetter letter) =>
        WriteLetter(buffer, letter, json =>
        {
            json.WriteBoolean("redacted", true);
            json.WriteStartObject("headers");
            foreach (var (name, value) in PropertyRedaction.Headers(letter.Properties))
            {
                json.WriteString(name, AmqpText.Of(value));
            }

            json.WriteEndObject();
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
        catch (Exception exception)
            when (exception is KeyNotFoundException or InvalidOperationException or FormatException or OverflowException
                or ArgumentException)
        {
            throw new ArchiveException("is no line of an archive: a member is missing, or is of another type", exception);
        }
    }

    private static void WriteLetter(IBufferWriter<byte> buffer, DeadLetter letter, Action<Utf8JsonWriter> writeRest)
    {
        using var json = new Utf8JsonWriter(buffer, Writing);
        json.WriteStartObject();
        json.WriteString("reference", letter.Reference);
        json.WriteString("queue", letter.Queue);

        // For people; what counts is in the properties.
        json.WriteString("messageId", letter.Properties.MessageId);
        json.WriteString("group", letter.Group);
        writeRest(json);
        json.WriteEndObject();
    }

    private static ArchivedLetter ReadLetter(JsonElement json) => new(
        json.GetProperty("queue").GetString() ?? throw new ArchiveException("names no queue"),
        json.GetProperty("reference").GetString() ?? throw new ArchiveException("has no reference"),
        AmqpFrame.Read(json.GetProperty("properties").GetBytesFromBase64()), json.GetProperty("body").GetBytesFromBase64());

    private static byte[] Frame(IReadOnlyBasicProperties properties)
    {
        try
        {
            return AmqpFrame.Write(properties);
        }
        catch (FormatException exception)
        {
            throw new ArchiveException($"message {properties.MessageId} cannot be kept without loss: {Words.Of(exception)}", exception);
        }
    }

    private static ArchivedLetter Checked(ArchivedLetter letter) =>
        letter.Reference == DeadLetterReader.Reference(letter.Properties, letter.Body.Span)
        ? letter
        : throw new ArchiveException("was changed: its message id, fault time and body do not give its reference. Export it again");
}
