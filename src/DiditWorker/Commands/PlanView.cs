using System.Globalization;
using DiditWorker.DeadLetters;
using Spectre.Console;

namespace DiditWorker.Commands;

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
            table.AddRow(InWords(what), count.ToString(CultureInfo.InvariantCulture), Output.Time(end));
        }

        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{summary.Count} messages, {summary.Expired} beyond the window (need --allow-expired). Didit: at most {summary.Creates} creates, at least {summary.LookUps} look-up requests; at least {summary.LeastTime:hh\\:mm\\:ss} at the rate limit."));
    }

    public static string InWords(Predicted what) => what switch
    {
        Predicted.AnswerFromRecord => "be answered from the record",
        Predicted.Create => "create a session",
        Predicted.Resend => "send again under the same key",
        Predicted.LookUpThenCreate => "look up, then create if there is none",
        Predicted.Adopt => "adopt the session that Didit has",
        Predicted.CreateAfterLookUp => "create a session (Didit was asked)",
        Predicted.RejectMismatch => "be rejected: PayloadMismatch",
        Predicted.RejectRefused => "be rejected: RefusedByDidit",
        Predicted.RejectInvalid => "be rejected: InvalidMessage",
        Predicted.Park => "be parked again",
        Predicted.InProgress => "wait: still in progress",
        Predicted.SkipAgain => "be skipped again",
        _ => "not be predicted (see --out)",
    };

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
