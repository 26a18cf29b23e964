namespace DiditWorker.Redis;

/// <summary>The keys of <see cref="AnswerCipher"/>: the first one writes, all of them read.</summary>
/// <param name="All">32 bytes each; one or more.</param>
public sealed record AnswerKeys(IReadOnlyList<byte[]> All)
{
    /// <summary>Reads what a key file holds: base64 of 32 bytes on each line; empty lines and white space around it are ignored.</summary>
    /// <exception cref="FormatException">It holds something else; the message says what is wrong, never what it holds.</exception>
    public static AnswerKeys Read(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines.Length > 0
            ? new([.. lines.Select(ReadKey)])
            : throw new FormatException("holds no key; make one with: openssl rand -base64 32");
    }

    private static byte[] ReadKey(string line, int index)
    {
        var buffer = new byte[64];
        return Convert.TryFromBase64String(line, buffer, out var length) && length == 32
            ? buffer[..32]
            : throw new FormatException($"key {index + 1} is not base64 of 32 bytes; make one with: openssl rand -base64 32");
    }

    /// <summary>Without what it holds: keys are secret.</summary>
    public override string ToString() => nameof(AnswerKeys);
}
