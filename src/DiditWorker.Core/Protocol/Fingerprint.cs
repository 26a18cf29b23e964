using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace DiditWorker.Protocol;

/// <summary>
/// Tells an honest repeat from another payload under the same key: SHA-256 over a canonical form of what the message asks Didit for.
/// Order of members, white space, escapes and the notation of numbers change nothing.
/// </summary>
/// <remarks>
/// The worker's own defaults (<c>Didit:WorkflowId</c>, <c>Didit:Callback</c>) are left out on purpose: after an operator changes one,
/// an honest repeat must still be answered from its record.
/// </remarks>
public static class Fingerprint
{
    // Raised when the canonical form changes, so that a record of an older worker is never taken for a mismatch by accident.
    private const string Version = "1";

    private static readonly JsonWriterOptions Compact = new() { SkipValidation = true };

    /// <summary>Format version, a dot and 43 characters of base64url.</summary>
    /// <param name="payload">Valid UTF-8, as whatever <c>StartVerificationReader</c> writes down.</param>
    /// <exception cref="InvalidOperationException">It holds half of a surrogate pair.</exception>
    public static string Of(JsonElement payload)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            WriteCanonical(writer, payload);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.WrittenSpan, hash);
        return Version + "." + Base64Url.EncodeToString(hash);
    }

    private static void WriteCanonical(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(writer, element);
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    WriteCanonical(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Number:
                WriteNumber(writer, JsonMarshal.GetRawUtf8Value(element));
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    // Members in the order of their names, those of one name in the order of the message.
    private static void WriteObject(Utf8JsonWriter writer, JsonElement element)
    {
        writer.WriteStartObject();
        foreach (var member in element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            writer.WritePropertyName(member.Name);
            WriteCanonical(writer, member.Value);
        }

        writer.WriteEndObject();
    }

    // 1, 1.0 and 1e0 are one number: sign, digits without zeros at either end, and the power of ten. Exact at any size.
    private static void WriteNumber(Utf8JsonWriter writer, ReadOnlySpan<byte> text)
    {
        var e = text.IndexOfAny("eE"u8);
        var mantissa = e < 0 ? text : text[..e];
        var point = mantissa.IndexOf((byte)'.');
        var whole = (point < 0 ? mantissa : mantissa[..point]).TrimStart((byte)'-');
        var fraction = point < 0 ? default : mantissa[(point + 1)..];

        // Room for the digits and then for the form, in which the power may be longer than the exponent by a few characters.
        var room = text.Length <= 64 ? stackalloc byte[160] : new byte[(2 * text.Length) + 32];
        whole.CopyTo(room);
        fraction.CopyTo(room[whole.Length..]);
        var digits = room[..(whole.Length + fraction.Length)].TrimStart((byte)'0');
        var significant = digits.TrimEnd((byte)'0');
        if (significant.IsEmpty)
        {
            writer.WriteRawValue("0"u8, skipInputValidation: true);
            return;
        }

        var form = room[text.Length..];
        var length = text[0] == '-' ? 1 : 0;
        "-"u8[..length].CopyTo(form);
        significant.CopyTo(form[length..]);
        length += significant.Length;
        form[length++] = (byte)'e';
        length += PowerOfTen.Write(e < 0 ? "0"u8 : text[(e + 1)..], digits.Length - significant.Length - fraction.Length, form[length..]);
        writer.WriteRawValue(form[..length], skipInputValidation: true);
    }
}
