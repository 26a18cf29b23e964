using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DiditWorker.Didit;

/// <summary>A setting for a rate: a number, or <c>Auto</c>, which learns from Didit's headers.</summary>
/// <param name="PerMinute">Requests a minute; of <c>Auto</c> those that are allowed before Didit has told its limit.</param>
/// <param name="IsAuto">Whether it is learnt.</param>
[TypeConverter(typeof(Converter))]
public readonly record struct RequestRate(int PerMinute, bool IsAuto = false)
{
    /// <summary>For faults.</summary>
    public const string Expected = "expected a whole number from 1 to 10000000, or Auto";

    private const int Max = 10_000_000;
    private const int Documented = 300;
    private const string Learnt = "Auto";

    /// <summary>The number.</summary>
    public static implicit operator int(RequestRate rate) => rate.PerMinute;

    /// <summary>A number.</summary>
    public static implicit operator RequestRate(int perMinute) => new(perMinute);

    /// <summary>Reads a setting.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RequestRate rate)
    {
        var isAuto = string.Equals(text, Learnt, StringComparison.OrdinalIgnoreCase);
        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Max;
        rate = isAuto ? new(Documented, IsAuto: true) : new(number);
        return isAuto || isNumber;
    }

    /// <summary>As it is set.</summary>
    public override string ToString() => IsAuto ? Learnt : PerMinute.ToString(CultureInfo.InvariantCulture);

    private sealed class Converter : TypeConverter
    {
        public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

        public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
            TryParse(value as string, out var rate) ? rate : throw new FormatException(Expected);
    }
}
