using DiditWorker.Operations.Terminal;
using Spectre.Console;

namespace DiditWorker.Operations.Probe;

/// <summary>A probe's report for people.</summary>
internal static class ProbeView
{
    public static void Print(ProbeReport report, Output output)
    {
        output.Tables.Write(Table(
            ["what", "verdict", "measured", "the worker assumes", "what follows"],
            report.Findings.Select(finding => new[] { finding.Id, finding.Verdict, finding.Measured, finding.Assumes, finding.Follows })));
        output.Tables.Write(Table(
            ["setting", "recommended", "because"],
            report.Recommendations.Select(advice => new[] { advice.Setting, advice.Value, advice.Because })));
    }

    public static async Task SayWhatIsLeftAsync(CleanedUp cleaned, bool keep, TextWriter notes)
    {
        await notes.WriteLineAsync($"Sessions deleted: {cleaned.Deleted}; left: {cleaned.Left.Count}{(keep ? " (--keep)" : "")}");
        foreach (var session in cleaned.Left)
        {
            await notes.WriteLineAsync("  " + session);
        }

        if (cleaned.Unknown.Count > 0)
        {
            await notes.WriteLineAsync(
                "Creates for these vendor_data were not answered well, and the list shows no session of theirs; look in Didit's console "
                    + "later: "
                + string.Join(", ", cleaned.Unknown));
        }
    }

    private static Table Table(string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table();
        table.AddColumns(columns);
        foreach (var row in rows)
        {
            table.AddRow(row.Select(text => new Markup(Markup.Escape(text))));
        }

        return table;
    }
}
