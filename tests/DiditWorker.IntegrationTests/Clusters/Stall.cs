using System.Diagnostics;
using System.Globalization;
using DiditWorker.IntegrationTests.Campaign;

namespace DiditWorker.IntegrationTests.Clusters;

/// <summary>What a strike did to the flow of answers.</summary>
/// <param name="What">The strike.</param>
/// <param name="LongestGap">Between two answers after it.</param>
/// <param name="RecoveredAfter">From the strike to the end of that gap.</param>
internal sealed record Stall(string What, TimeSpan LongestGap, TimeSpan RecoveredAfter)
{
    /// <summary>Looks back from the strike on.</summary>
    /// <param name="what">The strike.</param>
    /// <param name="struckAt">When, as <see cref="Stopwatch.GetTimestamp"/>.</param>
    /// <param name="ledger">Has the answers.</param>
    public static Stall Since(string what, long struckAt, Ledger ledger)
    {
        var (gap, end, before) = (0L, struckAt, struckAt);
        foreach (var at in ledger.AnsweredAt.Where(at => at > struckAt))
        {
            (gap, end, before) = at - before > gap ? (at - before, at, at) : (gap, end, at);
        }

        return new(what, Stopwatch.GetElapsedTime(0, gap), Stopwatch.GetElapsedTime(struckAt, end));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{What}: longest gap between answers {LongestGap.TotalSeconds:0.0} s, over {RecoveredAfter.TotalSeconds:0.0} s after it");
}
