using System.Globalization;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Reconcile;

/// <summary>What a reconciliation found, for people and for programs.</summary>
internal static class ReconcileView
{
    // A person reads the first ones, a program all that are kept.
    private const int MaxShown = 20;

    private static readonly (DiscrepancyKind Kind, string Name, string Meaning)[] Kinds =
    [
        (DiscrepancyKind.SecondSession, "second session", "its key has another session, and must have one"),
        (DiscrepancyKind.Orphan, "orphan", "it has a key of ours, and no record names it"),
        (DiscrepancyKind.Missing, "missing", "a record names it, and Didit does not know it"),
        (DiscrepancyKind.WithoutKey, "without key", "it is of a workflow of ours, and no worker made it"),
        (DiscrepancyKind.NearEnd, "near its end", "nobody has finished it, and it ends soon"),
    ];

    private static readonly (DiscrepancyKind Kind, string Text)[] Advice =
    [
        (DiscrepancyKind.SecondSession,
            "Second sessions: look at each in Didit's console. Those that nobody has finished and whose key is answered go with\n"
                + "  diditworker reconcile --delete-surplus --reason TEXT --yes"),
        (DiscrepancyKind.Orphan,
            "Orphans: a message whose answer was lost, or that is parked; its next delivery adopts the session. What is known of one:\n"
                + "  diditworker keys show KEY --key"),
        (DiscrepancyKind.Missing, "Missing: somebody deleted them at Didit. Their publishers have an answer whose URL does not work."),
    ];

    /// <summary>For programs.</summary>
    public static object ToJson(Period period, Discrepancies found) => new
    {
        period.Since,
        period.Until,
        found.Sessions,
        found.Answered,
        SecondSessions = found[DiscrepancyKind.SecondSession],
        Orphans = found[DiscrepancyKind.Orphan],
        Missing = found[DiscrepancyKind.Missing],
        WithoutKey = found[DiscrepancyKind.WithoutKey],
        NearEnd = found[DiscrepancyKind.NearEnd],
        found.Excluded,
        found.UnderWay,
        found.BeforeRecords,
        found.NotListed,
        found.NotAskedFor,
        found.Unreadable,
        Discrepancies = found.Kept.Select(one => new
        {
            one.Kind,
            one.Session,
            Key = one.Key?.ToString(),
            one.Status,
            one.Created,
            one.Answer,
        }),
    };

    /// <summary>For people.</summary>
    public static void Print(Period period, Discrepancies found, Output output)
    {
        output.WriteText(
            $"Sessions made from {Output.Time(period.Since)} to {Output.Time(period.Until)}: Didit lists {Number(found.Sessions)}, "
                + $"records name {Number(found.Answered)} of them.");
        output.WriteTable(
            ["KIND", "COUNT", "MEANING"], Kinds.Select(kind => new[] { kind.Name, Number(found[kind.Kind]), kind.Meaning }));
        var shown = Kinds.SelectMany(kind => found.Kept.Where(one => one.Kind == kind.Kind).Take(MaxShown)).ToList();
        if (shown.Count > 0)
        {
            output.WriteText("");
            output.WriteRecords(["KIND", "SESSION", "KEY", "STATUS", "CREATED", "OTHER SESSION"], shown.Select(Row));
        }

        var more = Kinds.Sum(kind => Math.Max(0, found[kind.Kind] - MaxShown));
        output.WriteText(string.Concat(
            more > 0 ? $"And {Number(more)} more; the first {Number(Discrepancies.MaxKept)} of each kind: --json\n" : "",
            string.Concat(Advice.Where(advice => found[advice.Kind] > 0).Select(advice => advice.Text + "\n")),
            Conclusion(found)));
    }

    /// <summary>What was not looked at, or could not be.</summary>
    public static IEnumerable<string> Notes(Discrepancies found)
    {
        (string Text, long Count)[] notes =
        [
            ("Sessions that a person has excluded (keys exclude)", found.Excluded),
            ("Sessions of requests that are being worked on", found.UnderWay),
            ("Sessions with a key from before the records begin, so that it is not known whether they were answered", found.BeforeRecords),
            ("Sessions that records name and Didit knows but does not list: made earlier, or not shown to this API key", found.NotListed),
            ("More sessions that records name and Didit does not list, too many to ask for each; if its API key does not see all "
                + "sessions, diditworker probe tells", found.NotAskedFor),
            ("Records that cannot be read: written by a newer worker, damaged, or encrypted with another key", found.Unreadable),
        ];
        return notes.Where(note => note.Count > 0).Select(note => $"{note.Text}: {Number(note.Count)}")
            .Concat(found.BusinessNote is { } refused ? [refused] : []);
    }

    private static string Conclusion(Discrepancies found) => found[DiscrepancyKind.SecondSession] == 0
        ? "No key has two sessions." : $"{Words.Count(found[DiscrepancyKind.SecondSession], "session")} too many.";

    private static string[] Row(Discrepancy one) =>
    [
        Array.Find(Kinds, kind => kind.Kind == one.Kind).Name, one.Session, $"{one.Key}", one.Status ?? "", Output.Time(one.Created),
        one.Answer ?? "",
    ];

    private static string Number(long count) => count.ToString(CultureInfo.InvariantCulture);
}
