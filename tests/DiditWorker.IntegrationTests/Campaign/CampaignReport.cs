using System.Globalization;
using System.Text;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>The counts, and around each violation what happened.</summary>
internal static class CampaignReport
{
    public static async Task<string> WriteAsync(CampaignWorld world, IReadOnlyList<Violation> violations, int mostShown)
    {
        var text = new StringBuilder();
        void Line(string line) => text.AppendLine(CultureInfo.InvariantCulture, $"{line}");
        var entries = world.Ledger.Entries;
        Line($"Campaign: seed {world.Settings.Seed}, {world.Settings.Duration.TotalMinutes:0.##} minutes, {violations.Count} violations");
        foreach (var (what, count) in world.History.Counts.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            Line($"  {count,8} {what}");
        }

        Line($"  {entries.Sum(e => e.OtherBodiesAfterLoss),8} answers with another body after Redis had lost the record (same session, "
            + "same ids)");
        Line($"  {entries.Count(e => e.Answers == 0),8} unanswered");
        Line("  Didit: " + await world.Didit.SummaryAsync());
        foreach (var violation in violations.Take(mostShown))
        {
            Line($"VIOLATION {violation.RequestId} {violation.VendorData}: {violation.What}");
            await AroundAsync(world, violation, Line);
        }

        foreach (var violation in violations.Skip(mostShown).Take(100))
        {
            Line($"VIOLATION {violation.RequestId} {violation.VendorData}: {violation.What}");
        }

        if (violations.Count > 0)
        {
            Line($"Again: {CampaignSettings.SeedVariable}={world.Settings.Seed} {CampaignSettings.MinutesVariable}=... ; all of it: "
                + $"{world.Settings.HistoryFile}");
        }

        return text.ToString();
    }

    private static async Task AroundAsync(CampaignWorld world, Violation violation, Action<string> line)
    {
        if (violation.RequestId is { } id)
        {
            // Faults are in the history too; only those between the first and the last mention matter.
            var all = world.History.Around(id, world.Settings.HistoryFile);
            var mine = all.Select((text, at) => (text, at)).Where(l => !l.text.Contains("\"what\":\"fault", StringComparison.Ordinal))
                .ToList();
            foreach (var text in mine.Count == 0 ? [] : all.Take(mine[0].at - 6, mine[^1].at + 2))
            {
                line("    " + text);
            }
        }

        if (violation.VendorData is { } vendorData)
        {
            foreach (var request in await world.Didit.RequestLinesAsync(vendorData))
            {
                line("    Didit " + request);
            }
        }
    }

    private static IEnumerable<string> Take(this IReadOnlyList<string> lines, int from, int to) =>
        lines.Skip(Math.Max(0, from)).Take(to - Math.Max(0, from));
}
