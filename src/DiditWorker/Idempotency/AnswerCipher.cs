using System.Security.Cryptography;
using System.Text;

namespace DiditWorker.Idempotency;

/// <summary>
/// Encrypts stored answers with AES-256-GCM (NIST SP 800-38D), bound to the name of their Redis key so that values cannot be swapped.
/// </summary>
public sealed class AnswerCipher : IDisposable
{
    private const string Prefix = "gcm1:";
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly AesGcm? _aes;

    /// <param name="key">32 bytes, or <see langword="null"/>: answers are stored as they are.</param>
    public AnswerCipher(byte[]? key) => _aes = key is null ? null : new AesGcm(key, TagSize);

    /// <summary>Whether answers are encrypted.</summary>
    public bool Enabled => _aes is not null;

    /// <summary>Reads a key file: base64 of 32 bytes, white space around it ignored.</summary>
    /// <exception cref="FormatException">The file holds something else; the message says what is wrong, never what it holds.</exception>
    public static byte[] ReadKey(string path)
    {
        var buffer = new byte[64];
        return Convert.TryFromBase64String(File.ReadAllText(path).Trim(), buffer, out var length) && length == 32
            ? buffer[..32]
            : throw new FormatException("is not base64 of 32 bytes; make one with: openssl rand -base64 32");
    }

    /// <summary>The form in which an answer is stored.</summary>
    public string Protect(string redisKey, string answer)
    {
        if (_aes is null)
        {
            return answer;
        }

        var plain = Encoding.UTF8.GetBytes(answer);
        var sealedBytes = new byte[NonceSize + plain.Length + TagSize];
        var nonce = sealedBytes.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        _aes.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceSize, plain.Length), sealedBytes.AsSpan(NonceSize + plain.Length),
            Encoding.UTF8.GetBytes(redisKey));
        return Prefix + Convert.ToBase64String(sealedBytes);
    }

    /// <summary>The answer. One that was stored before encryption was turned on is still read.</summary>
    /// <exception cref="CryptographicException">No key is set, it is another key, or the value was changed or moved.</exception>
    public string Unprotect(string redisKey, string stored)
    {
        if (!stored.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return stored;
        }

        var aes = _aes ?? throw new CryptographicException("The stored answer is encrypted and Idempotency:EncryptionKeyFile is not set.");
        var sealedBytes = Convert.FromBase64String(stored[Prefix.Length..]).AsSpan();
        if (sealedBytes.Length < NonceSize + TagSize)
        {
            throw new CryptographicException("The stored answer is cut short.");
        }

        var plain = new byte[sealedBytes.Length - NonceSize - TagSize];
        aes.Decrypt(sealedBytes[..NonceSize], sealedBytes[NonceSize..^TagSize], sealedBytes[^TagSize..], plain,
            Encoding.UTF8.GetBytes(redisKey));
        return Encoding.UTF8.GetString(plain);
    }

    /// <inheritdoc />
    public void Dispose() => _aes?.Dispose();
}
