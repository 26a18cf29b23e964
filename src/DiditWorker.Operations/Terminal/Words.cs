using System.Globalization;

namespace DiditWorker.Operations.Terminal;

/// <summary>Numbers and times as people say them.</summary>
internal static class Words
{
    private static readonly (string Name, char Letter, long Seconds)[] Units =
        [("day", 'd', 86_400), ("hour", 'h', 3_600), ("minute", 'm', 60), ("second", 's', 1)];

    /// <summary><c>1 message</c>, <c>2 messages</c>.</summary>
    public static string Count(long count, string one) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {one}{(count == 1 ? "" : one.EndsWith('s') ? "es" : "s")}");

    /// <summary><c>1 is</c>, <c>2 are</c>; or another verb.</summary>
    public static string Verb(long count, string one, string several) => count == 1 ? one : several;

    /// <summary>What an exception says, for a sentence that goes on: without the full stop of its own.</summary>
    public static string Of(Exception exception) => WithoutStop(exception.Message);

    /// <inheritdoc cref="Of"/>
    public static string WithoutStop(string sentence) => sentence.TrimEnd().TrimEnd('.');

    /// <summary>For a table: the two largest units, as one word: <c>6d3h</c>, <c>25m</c>, <c>0s</c>.</summary>
    public static string Age(TimeSpan time) => string.Concat(Parts(time).Select(part => $"{part.Count}{part.Unit.Letter}"));

    /// <summary>For a sentence: <c>1 hour 20 minutes</c>, <c>5 seconds</c>.</summary>
    public static string Duration(TimeSpan time) => string.Join(' ', Parts(time).Select(part => Count(part.Count, part.Unit.Name)));

    // Seconds are too fine beside days or hours, and a part that is 0 says nothing.
    private static List<(long Count, (string Name, char Letter, long Seconds) Unit)> Parts(TimeSpan time)
    {
        var left = Math.Max(0, (long)Math.Ceiling(time.TotalSeconds));
        var first = Array.FindIndex(Units, unit => left >= unit.Seconds);
        if (first < 0)
        {
            return [(0, Units[^1])];
        }

        var parts = new List<(long, (string, char, long))>();
        foreach (var unit in Units.Skip(first).Take(2))
        {
            if (left / unit.Seconds is > 0 and var count)
            {
                parts.Add((count, unit));
            }

            left %= unit.Seconds;
        }

        return parts;
    }
}
