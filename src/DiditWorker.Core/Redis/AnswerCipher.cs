using System.Security.Cryptography;
using System.Text;
using DiditWorker.Protocol;

namespace DiditWorker.Redis;

/// <summary>
/// Encrypts stored answers with AES-256-GCM (NIST SP 800-38D), bound to the name of their Redis key so that values cannot be swapped.
/// </summary>
/// <param name="keys">The keys now; <see langword="null"/>: answers are stored as they are.</param>
/// <param name="unencrypted">What to make of an answer that is not encrypted.</param>
public sealed class AnswerCipher(Func<AnswerKeys>? keys, UnencryptedAnswers unencrypted = UnencryptedAnswers.Read)
{
    private const string Prefix = "gcm1:";
    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <summary>With one key that stays.</summary>
    /// <param name="key">32 bytes, or <see langword="null"/>: answers are stored as they are.</param>
    public AnswerCipher(byte[]? key)
        : this(key is null ? null : () => new AnswerKeys([key]))
    {
    }

    /// <summary>Whether answers are encrypted.</summary>
    public bool Enabled => keys is not null;

    /// <summary>The form in which an answer is stored.</summary>
    public string Protect(string redisKey, string answer)
    {
        if (keys is null)
        {
            return answer;
        }

        var plain = Encoding.UTF8.GetBytes(answer);
        var sealedBytes = new byte[NonceSize + plain.Length + TagSize];
        var nonce = sealedBytes.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);

        // One for each call: an instance must not be used by several threads at once.
        using var aes = new AesGcm(keys().All[0], TagSize);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceSize, plain.Length), sealedBytes.AsSpan(NonceSize + plain.Length),
            Encoding.UTF8.GetBytes(redisKey));
        return Prefix + Convert.ToBase64String(sealedBytes);
    }

    /// <summary>The answer, also one that was stored before encryption was turned on, unless such are refused.</summary>
    /// <exception cref="CryptographicException">
    /// No key is set, it is another key, the value was changed or moved, or it is not encrypted and must be.
    /// </exception>
    /// <exception cref="FormatException">It is no base64.</exception>
    public string Unprotect(string redisKey, string stored)
    {
        if (!stored.StartsWith(Prefix, StringComparison.Ordinal))
        {
            // Empty: there is no note in a record that is in progress.
            return unencrypted == UnencryptedAnswers.Read || stored.Length == 0
                ? stored
                : throw new CryptographicException("The stored answer is not encrypted, and Idempotency:UnencryptedAnswers is Refuse.");
        }

        var all = keys?.Invoke().All
            ?? throw new CryptographicException("The stored answer is encrypted and Idempotency:EncryptionKeyFile is not set.");
        var sealedBytes = Convert.FromBase64String(stored[Prefix.Length..]);
        if (sealedBytes.Length < NonceSize + TagSize)
        {
            throw new CryptographicException("The stored answer is cut short.");
        }

        // The value does not say which key wrote it. A wrong one never passes the tag of 128 bits and costs microseconds, and a form with
        // the key's name would be taken for an answer that is not encrypted by a worker from before there were several keys.
        var bound = Encoding.UTF8.GetBytes(redisKey);
        return all.Select(key => Decrypt(key, sealedBytes, bound)).FirstOrDefault(answer => answer is not null)
            ?? throw new CryptographicException(
                "No key of Idempotency:EncryptionKeyFile opens the stored answer, or it was changed or moved.");
    }

    private static string? Decrypt(byte[] key, ReadOnlySpan<byte> sealedBytes, byte[] bound)
    {
        using var aes = new AesGcm(key, TagSize);
        var plain = new byte[sealedBytes.Length - NonceSize - TagSize];
        try
        {
            aes.Decrypt(sealedBytes[..NonceSize], sealedBytes[NonceSize..^TagSize], sealedBytes[^TagSize..], plain, bound);
            return Encoding.UTF8.GetString(plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
