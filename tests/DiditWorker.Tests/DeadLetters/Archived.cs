using System.Buffers;
using System.Text;
using DiditWorker.Operations.Archive;
using DiditWorker.Operations.DeadLetters;
using RabbitMQ.Client;

namespace DiditWorker.Tests.DeadLetters;

/// <summary>Lines of archives for the tests.</summary>
internal static class Archived
{
    public static DeadLetter Letter(BasicProperties properties, byte[]? body = null) => new()
    {
        Queue = "start-verification_error",
        Reference = DeadLetterReader.Reference(properties, body),
        Properties = properties,
        Body = body ?? [],
        Group = "InvalidMessage",
    };

    public static string Line(BasicProperties properties, byte[]? body = null) =>
        Text(buffer => ArchiveLine.Write(buffer, Letter(properties, body)));

    public static string Redacted(BasicProperties properties, byte[] body) =>
        Text(buffer => ArchiveLine.WriteRedacted(buffer, Letter(properties, body)));

    public static string Header(DateTimeOffset at) => Text(buffer => ArchiveLine.WriteHeader(buffer, at));

    private static string Text(Action<ArrayBufferWriter<byte>> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        write(buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
