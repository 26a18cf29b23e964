using System.Globalization;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;
using Spectre.Console;

namespace DiditWorker.Operations.Replay;

/// <summary>A plan for people and for scripts.</summary>
internal static class PlanView
{
    public static void Print(PlanSummary summary, bool json, Output output) => output.Write(json, ToJson(summary), () =>
    {
        if (summary.Count == 0)
        {
            output.Tables.WriteLine("No dead letters.");
            return;
        }

        output.WriteTable(
            ["a replay would", "messages", "first window ends"],
            summary.Rows.Select(row => new[]
            {
                row.Key.InWords(), row.Value.Count.ToString(CultureInfo.InvariantCulture), Output.Time(row.Value.FirstEnd),
            }));
        output.Tables.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{summary.Count} messages, {summary.Expired} beyond the window (need --allow-expired). Didit: at most {summary.Creates} "
                + $"creates, at least {summary.LookUps} look-up requests; at least {summary.LeastTime:hh\\:mm\\:ss} at the rate limit."));
    });

    private static object ToJson(PlanSummary summary) => new
    {
        Messages = summary.Count,
        summary.Expired,
        summary.Creates,
        summary.LookUps,
        LeastSeconds = summary.LeastTime.TotalSeconds,
        Outcomes = summary.Rows.Select(row => new { Outcome = row.Key, row.Value.Count, FirstWindowEnd = row.Value.FirstEnd }),
    };
}
