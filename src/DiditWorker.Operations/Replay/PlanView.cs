using System.Globalization;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;
using Spectre.Console;

namespace DiditWorker.Operations.Replay;

/// <summary>A plan for people and for scripts.</summary>
internal static class PlanView
{
    public static void Print(PlanSummary summary, IAnsiConsole console)
    {
        if (summary.Count == 0)
        {
            console.WriteLine("No dead letters.");
            return;
        }

        var table = new Table();
        table.AddColumns("a replay would", "messages", "first window ends");
        foreach (var (what, (count, end)) in summary.Rows)
        {
            table.AddRow(what.InWords(), count.ToString(CultureInfo.InvariantCulture), Output.Time(end));
        }

        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{summary.Count} messages, {summary.Expired} beyond the window (need --allow-expired). Didit: at most {summary.Creates} "
                + $"creates, at least {summary.LookUps} look-up requests; at least {summary.LeastTime:hh\\:mm\\:ss} at the rate limit."));
    }

    public static object ToJson(PlanSummary summary) => new
    {
        Messages = summary.Count,
        summary.Expired,
        summary.Creates,
        summary.LookUps,
        LeastSeconds = summary.LeastTime.TotalSeconds,
        Outcomes = summary.Rows.Select(row => new { Outcome = row.Key, row.Value.Count, FirstWindowEnd = row.Value.FirstEnd }),
    };
}
