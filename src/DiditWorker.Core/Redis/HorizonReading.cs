using System.Globalization;
using DiditWorker.Protocol;

namespace DiditWorker.Redis;

/// <summary>Since when Redis remembers, as its markers say.</summary>
/// <param name="At">When they were read, by the clock of Redis.</param>
/// <param name="Since">The youngest of them; <paramref name="At"/> where one is missing; the epoch where an operator said that nothing was
/// lost.</param>
/// <param name="Markers">How many there can be: one, or one for each slot of a cluster.</param>
/// <param name="Missing">How many of them are not there: they begin with the first message that needs them.</param>
public sealed record HorizonReading(DateTimeOffset At, DateTimeOffset Since, int Markers, int Missing)
{
    /// <summary>Until when creates are on their guard; null: the horizon lies far enough back.</summary>
    /// <param name="period">The window and its margin.</param>
    public DateTimeOffset? GuardedUntil(TimeSpan period) => At - Since < period ? Since + period : null;

    /// <summary>What follows from it, for people.</summary>
    /// <param name="period">The window and its margin.</param>
    /// <param name="lookup">The setting.</param>
    public string InWords(TimeSpan period, LookupBeforeResend lookup) => GuardedUntil(period) is not { } until
        ? "creates need no look-up for its sake"
        : lookup switch
        {
            LookupBeforeResend.OutsideWindow => $"until {Text(until)} every create relies on Didit's memory of the key",
            LookupBeforeResend.Never => $"until {Text(until)} every create relies on Didit's memory of the key, or is parked",
            _ => $"every create is looked up first until {Text(until)}",
        };

    /// <summary>A UTC time for people.</summary>
    internal static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
