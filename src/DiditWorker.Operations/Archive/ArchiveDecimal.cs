using System.Globalization;

namespace DiditWorker.Operations.Archive;

/// <summary>An AMQP decimal as text: a sign, at most 31 bits and a scale up to 28, all of which are kept, those of a zero, too.</summary>
internal static class ArchiveDecimal
{
    public static string Write(decimal number) =>
        (decimal.IsNegative(number) ? "-" : "") + decimal.Abs(number).ToString(CultureInfo.InvariantCulture);

    /// <exception cref="ArchiveException">It is no number, or one that AMQP cannot hold.</exception>
    public static decimal Read(string? text)
    {
        var isNegative = text?.StartsWith('-') == true;
        if (!decimal.TryParse(isNegative ? text![1..] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            throw new ArchiveException("a header of type decimal is no number");
        }

        Span<int> bits = stackalloc int[4];
        decimal.GetBits(number, bits);
        return bits[1] == 0 && bits[2] == 0 && bits[0] >= 0
            ? new(bits[0], 0, 0, isNegative, number.Scale)
            : throw new ArchiveException("a header of type decimal has more digits than AMQP can hold");
    }
}
