using System.Globalization;

namespace DiditWorker;

/// <summary>The one form of a point in time for people: health, page and commands.</summary>
internal static class TimeInWords
{
    /// <summary>In UTC, to the second: <c>2026-11-27 16:27:36Z</c>.</summary>
    public static string Of(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
