using System.ComponentModel.DataAnnotations;

namespace DiditWorker;

/// <summary>A time within bounds, both of them allowed; as <c>[d.]hh:mm:ss[.fff]</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TimeRangeAttribute(string from, string to) : RangeAttribute(typeof(TimeSpan), from, to)
{
    private readonly string _expected = $"expected a time from {from} to {to} as [d.]hh:mm:ss";

    /// <inheritdoc />
    public override string FormatErrorMessage(string name) => _expected;
}

/// <summary>A whole number within bounds, both of them allowed.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NumberRangeAttribute(int from, int to) : RangeAttribute(from, to)
{
    /// <inheritdoc />
    public override string FormatErrorMessage(string name) => $"expected a whole number from {Minimum} to {Maximum}";
}
