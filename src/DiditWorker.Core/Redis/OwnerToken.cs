using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace DiditWorker.Redis;

/// <summary>
/// Names one delivery as the owner of a key, as 16 characters of base64url: 64 random bits for the process, 32 that count.
/// </summary>
public static class OwnerToken
{
    private const int ProcessSize = 8;
    private const int TextSize = 16;
    private static readonly byte[] Process = RandomNumberGenerator.GetBytes(ProcessSize);
    private static int _count;

    /// <summary>What this process calls itself in its tokens, in its log and on its page.</summary>
    public static string Worker { get; } = Base64Url.EncodeToString(Process);

    /// <summary>Which process made a token; the token itself where it is of another form.</summary>
    public static string WorkerOf(string token)
    {
        Span<byte> bytes = stackalloc byte[ProcessSize + sizeof(int)];
        return token.Length == TextSize && Base64Url.TryDecodeFromChars(token, bytes, out var count) && count == bytes.Length
            ? Base64Url.EncodeToString(bytes[..ProcessSize])
            : token;
    }

    /// <summary>A new one. It must be unique, but not hard to guess: who can write to Redis can also read the tokens there.</summary>
    public static string Create()
    {
        Span<byte> token = stackalloc byte[ProcessSize + sizeof(int)];
        Process.CopyTo(token);
        BinaryPrimitives.WriteInt32BigEndian(token[ProcessSize..], Interlocked.Increment(ref _count));
        return Base64Url.EncodeToString(token);
    }
}
