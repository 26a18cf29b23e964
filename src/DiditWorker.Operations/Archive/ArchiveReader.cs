using System.Text;
using System.Text.Json;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Archive;

/// <summary>Reads an archive line by line.</summary>
internal static class ArchiveReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The dead letters, in order.</summary>
    /// <exception cref="ArchiveException">A line is not what was written; the text says which, and why.</exception>
    public static IEnumerable<ArchivedLetter> Read(string path)
    {
        using var reader = Open(path);
        for (var number = 1; NextLine(reader, path, number) is { } line; number++)
        {
            if (Parse(line, path, number, isLast: reader.EndOfStream) is { } letter)
            {
                yield return letter;
            }
        }
    }

    private static StreamReader Open(string path)
    {
        try
        {
            return new(path, StrictUtf8, detectEncodingFromByteOrderMarks: false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ArchiveException($"{path}: {Words.Of(exception)}", exception);
        }
    }

    private static string? NextLine(StreamReader reader, string path, int number)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (Exception exception) when (exception is IOException or DecoderFallbackException)
        {
            throw new ArchiveException($"{path}, line {number} or after it: {Words.Of(exception)}", exception);
        }
    }

    private static ArchivedLetter? Parse(string line, string path, int number, bool isLast)
    {
        try
        {
            return string.IsNullOrWhiteSpace(line) ? null : ArchiveLine.Read(line);
        }
        catch (JsonException exception)
        {
            throw new ArchiveException(
                $"{path}, line {number}: " + (isLast
                    ? "is cut off. An interrupted export or discard leaves such a last line; its message is still in its queue. Delete "
                        + "the line and import again"
                    : "is no JSON"),
                exception);
        }
        catch (ArchiveException exception)
        {
            throw new ArchiveException($"{path}, line {number}: {Words.Of(exception)}", exception);
        }
    }
}
