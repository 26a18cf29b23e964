using System.Globalization;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Probe;

/// <summary>A probe's report for people: what came of it first, then each thing, then settings.</summary>
internal static class ProbeView
{
    /// <summary>What was found out, in a sentence.</summary>
    public static string Conclusion(ProbeReport report, bool isUnreachable)
    {
        if (isUnreachable)
        {
            return $"Didit at {report.Address} could not be reached, and nothing was found out. Check Didit:BaseAddress, and whether this "
                + "machine may connect there.";
        }

        if (FoundNothing(report))
        {
            return $"Nothing was found out at {report.Address}. Stopped: {report.StoppedBecause}.";
        }

        var inconclusive = Ids(report, finding => finding.Verdict == Finding.Inconclusive);
        var warnings = Ids(report, Consequences.IsWarning);
        var conclusive = report.Findings.Count - inconclusive.Count;
        return $"{Words.Count(conclusive, "thing")} {Words.Verb(conclusive, "was", "were")} found out at {report.Address}."
            + (inconclusive.Count == 0 ? "" : $" Inconclusive: {string.Join(", ", inconclusive)}.")
            + (warnings.Count == 0 ? "" : $" Warnings: {string.Join(", ", warnings)}.")
            + (report.StoppedBecause is { } why ? $" Stopped: {why}." : "");
    }

    /// <summary>The conclusion, and below it what it is drawn from, if there is anything.</summary>
    public static void Print(ProbeReport report, string conclusion, Output output)
    {
        output.WriteText(conclusion);
        if (FoundNothing(report))
        {
            return;
        }

        output.Text.WriteLine();
        output.WriteTable(
            ["what", "verdict", "measured", "the worker assumes", "what follows"],
            report.Findings.Select(finding => new[] { finding.Id, finding.Verdict, finding.Measured, finding.Assumes, finding.Follows }));
        output.Text.WriteLine();
        output.WriteTable(
            ["setting", "recommended", "because"],
            report.Recommendations.Select(advice => new[] { advice.Setting, advice.Value, advice.Because }));
    }

    /// <summary>Who probed, and what is left of it.</summary>
    public static void SayWhatIsLeft(ProbeReport report, CleanedUp cleaned, bool keep, Output output)
    {
        output.WriteNote($"Probed by {Environment.UserName}@{Environment.MachineName}: {report.Address}, workflow {report.WorkflowId}, "
            + Words.Count(report.Requests, "request"));
        output.WriteNote(string.Create(
            CultureInfo.InvariantCulture, $"Sessions deleted: {cleaned.Deleted}; left: {cleaned.Left.Count}{(keep ? " (--keep)" : "")}"));
        foreach (var session in cleaned.Left)
        {
            output.WriteNote("  " + session);
        }

        if (cleaned.Unknown.Count > 0)
        {
            output.WriteNote("Creates for these vendor_data were not answered well, and the list shows no session of theirs; look in "
                + $"Didit's console later: {string.Join(", ", cleaned.Unknown)}");
        }
    }

    private static bool FoundNothing(ProbeReport report) =>
        report.StoppedBecause is not null && report.Findings.All(finding => finding.Verdict == Finding.Inconclusive);

    private static List<string> Ids(ProbeReport report, Func<Finding, bool> which) =>
        [.. report.Findings.Where(which).Select(finding => finding.Id)];
}
