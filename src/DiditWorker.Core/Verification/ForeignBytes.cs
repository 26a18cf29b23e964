using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace DiditWorker.Verification;

/// <summary>Knows bodies that are no UTF-8, or no text at all.</summary>
internal static class ForeignBytes
{
    private const string Compressed = "is compressed; publish it uncompressed";

    /// <summary>What they are, for people; null if they are UTF-8.</summary>
    public static string? Describe(ReadOnlySpan<byte> body) => body switch
    {
        _ when body.TrimStart(" \t\r\n"u8).IsEmpty => "is empty; expected a JSON object",
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, _, ..] or [_, 0, ..] => "is UTF-16 or UTF-32; publish it in UTF-8",
        [0x1F, 0x8B, ..] => "is compressed with gzip; publish it uncompressed",
        [0x28, 0xB5, 0x2F, 0xFD, ..] or [0x78, 0x01 or 0x9C or 0xDA, ..] or [0x04, 0x22, 0x4D, 0x18, ..] or [0x42, 0x5A, 0x68, _, 0x31, ..]
            or [0xFD, 0x37, 0x7A, 0x58, ..] or [0x50, 0x4B, 0x03, 0x04, ..] => Compressed,
        _ when !Utf8.IsValid(body) => $"is not UTF-8 ({Where(body)})",
        _ => null,
    };

    private static string Where(ReadOnlySpan<byte> body)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(body[at..], out _, out var length) == OperationStatus.Done)
        {
            at += length;
        }

        return Place(body, at);
    }

    /// <summary>A place, counted from 1, as editors do.</summary>
    public static string Place(ReadOnlySpan<byte> body, int at) => string.Create(CultureInfo.InvariantCulture,
        $"line {body[..at].Count((byte)'\n') + 1}, byte {at - body[..at].LastIndexOf((byte)'\n')}");
}
