using System.Buffers.Text;
using System.Security.Cryptography;

namespace DiditWorker.Idempotency;

/// <summary>Names one delivery as the owner of a key: 96 random bits, as 16 characters of base64url.</summary>
public static class OwnerToken
{
    /// <summary>A new one. It must be unique, not repeatable, hence random.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(12));
}
