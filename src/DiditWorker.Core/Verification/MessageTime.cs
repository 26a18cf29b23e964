using System.Globalization;
using System.Text.RegularExpressions;

namespace DiditWorker.Verification;

/// <summary>What a text is as a time.</summary>
internal enum TimeForm
{
    /// <summary>It has not the form of one.</summary>
    Wrong,

    /// <summary>It has the form, but no calendar or clock has it.</summary>
    Impossible,

    /// <summary>It does not say in which zone; taken for UTC.</summary>
    WithoutOffset,

    /// <summary>A date-time with an offset, as RFC 3339 has it.</summary>
    WithOffset,
}

/// <summary>
/// Reads times in messages: more forms than the serializer does, without failing at what lies before or after all calendars.
/// </summary>
internal static partial class MessageTime
{
    /// <summary>For faults.</summary>
    public const string Expected = "expected a date-time with offset, such as 2026-11-24T12:00:00Z";

    /// <summary>Reads.</summary>
    /// <param name="text">As it stands in the message.</param>
    /// <param name="time">In UTC; null if there is no such time, or it lies outside of the years 1 to 9999.</param>
    public static TimeForm Read(string text, out DateTimeOffset? time)
    {
        time = null;
        if (Pattern().Match(text) is not { Success: true } match)
        {
            return TimeForm.Wrong;
        }

        var clock = match.Groups["clock"].Success ? match.Groups["clock"].Value : "00:00";
        var fraction = match.Groups["fraction"].Value is { Length: > 7 } more ? more[..7] : match.Groups["fraction"].Value;
        var zone = match.Groups["zone"].Value;
        var written = $"{match.Groups["day"].Value}T{clock}{(fraction == "" ? "" : ".")}{fraction}";
        if (!DateTime.TryParse(written, CultureInfo.InvariantCulture, out var local) || OffsetOf(zone) is not { } offset)
        {
            return TimeForm.Impossible;
        }

        var ticks = local.Ticks - offset.Ticks;
        time = ticks >= 0 && ticks <= DateTime.MaxValue.Ticks ? new(ticks, TimeSpan.Zero) : null;
        return zone == "" ? TimeForm.WithoutOffset : TimeForm.WithOffset;
    }

    private static TimeSpan? OffsetOf(string zone)
    {
        if (zone is "" or "Z" or "z")
        {
            return TimeSpan.Zero;
        }

        var digits = zone[1..].Replace(":", "", StringComparison.Ordinal).PadRight(4, '0');
        var (hours, minutes) = (int.Parse(digits[..2], CultureInfo.InvariantCulture), int.Parse(digits[2..], CultureInfo.InvariantCulture));
        return hours < 24 && minutes < 60 ? new TimeSpan(hours, minutes, 0) * (zone[0] == '-' ? -1 : 1) : null;
    }

    [GeneratedRegex(
        @"^(?<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
        + @"([Tt](?<clock>[0-9]{2}:[0-9]{2}(:[0-9]{2})?)(\.(?<fraction>[0-9]{1,16}))?(?<zone>[Zz]|[+-][0-9]{2}(:?[0-9]{2})?)?)?\z",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
