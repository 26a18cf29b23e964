using System.Globalization;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Replay;

/// <summary>A plan for people and for scripts.</summary>
internal static class PlanView
{
    public static void Print(PlanSummary summary, bool json, Output output) => output.Write(json, ToJson(summary), () =>
    {
        if (summary.Count == 0)
        {
            return;
        }

        output.WriteTable(["a replay would", "messages", "first window ends"], Rows(summary));
        output.WriteNote("");
        output.WriteNote(Words.Count(summary.Count, "message")
            + (summary.Expired == 0 ? ". " : $"; {summary.Expired} beyond the window, which {Words.Verb(summary.Expired, "needs", "need")} "
                + "--allow-expired. ")
            + InWords(summary));
        if (summary.WasAmbiguous > 0)
        {
            output.WriteNote($"{Words.Count(summary.WasAmbiguous, "message")} {Words.Verb(summary.WasAmbiguous, "was", "were")} parked, "
                + "since an earlier attempt may have made one of several sessions. What Didit has now is not known here; to ask it: "
                + "diditworker dead-letters plan --look-up");
        }
    });

    private static IEnumerable<string[]> Rows(PlanSummary summary) => summary.Rows.SelectMany(row => row.Key == Predicted.LookUpThenCreate
        ? new[]
        {
            (What: row.Key.InWords(), Count: row.Value.Count - summary.WasAmbiguous),
            (What: PredictedInWords.Ambiguous, Count: summary.WasAmbiguous),
        }.Where(part => part.Count > 0).Select(part => Row(part.What, part.Count, row.Value.FirstEnd))
        : [Row(row.Key.InWords(), row.Value.Count, row.Value.FirstEnd)]);

    private static string[] Row(string what, int count, DateTimeOffset? end) =>
        [what, count.ToString(CultureInfo.InvariantCulture), Output.Time(end)];

    private static string InWords(PlanSummary summary)
    {
        var calls = new[]
        {
            summary.Creates > 0 ? "at most " + Words.Count(summary.Creates, "create") : null,
            summary.LookUps > 0 ? "at least " + Words.Count(summary.LookUps, "look-up request") : null,
        }.OfType<string>().ToList();
        return calls.Count == 0 ? "Didit would not be asked."
            : $"Didit would get {string.Join(" and ", calls)}, which take {Words.Duration(summary.LeastTime)} or more at the rate limit.";
    }

    private static object ToJson(PlanSummary summary) => new
    {
        Messages = summary.Count,
        summary.Expired,
        summary.Creates,
        summary.LookUps,
        summary.WasAmbiguous,
        summary.DiditAway,
        LeastSeconds = summary.LeastTime.TotalSeconds,
        Outcomes = summary.Rows.Select(row => new { Outcome = row.Key, row.Value.Count, FirstWindowEnd = row.Value.FirstEnd }),
    };
}
