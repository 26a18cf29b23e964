using System.Globalization;

namespace DiditWorker.Protocol;

/// <summary>
/// Adds to the exponent of a JSON number, as text: it may have as many digits as a body has room for, and the work must grow no faster than
/// these.
/// </summary>
internal static class PowerOfTen
{
    // Any number of so many digits fits into a long, with room for what is added.
    private const int MaxDigitsOfLong = 18;

    /// <summary>Writes <paramref name="exponent"/> + <paramref name="shift"/> in decimal, with "-" and without zeros in front.</summary>
    /// <param name="exponent">Digits, after a sign or none.</param>
    /// <param name="shift">What is added.</param>
    /// <param name="to">Takes at least 3 bytes more than the exponent has, and at least 20.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Write(ReadOnlySpan<byte> exponent, int shift, Span<byte> to)
    {
        var isNegative = exponent[0] == '-';
        var digits = exponent.TrimStart("+-"u8).TrimStart((byte)'0');
        if (digits.Length > MaxDigitsOfLong)
        {
            return WriteLong(digits, isNegative, shift, to);
        }

        var power = digits.IsEmpty ? 0 : long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        ((isNegative ? -power : power) + shift).TryFormat(to, out var written, default, CultureInfo.InvariantCulture);
        return written;
    }

    // It is so large that what is added does not change its sign.
    private static int WriteLong(ReadOnlySpan<byte> digits, bool isNegative, int shift, Span<byte> to)
    {
        var sum = to[1..(digits.Length + 2)];
        sum[0] = (byte)'0';
        digits.CopyTo(sum[1..]);
        var carry = isNegative ? -(long)shift : shift;
        for (var i = sum.Length - 1; carry != 0; i--)
        {
            var (tens, digit) = Math.DivRem(sum[i] - '0' + carry, 10);
            (carry, sum[i]) = digit < 0 ? (tens - 1, (byte)(digit + 10 + '0')) : (tens, (byte)(digit + '0'));
        }

        var trimmed = sum.TrimStart((byte)'0');
        var start = isNegative ? 1 : 0;
        trimmed.CopyTo(to[start..]);
        to[0] = isNegative ? (byte)'-' : to[0];
        return start + trimmed.Length;
    }
}
