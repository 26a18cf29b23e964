using System.Globalization;
using DiditWorker.Didit;
using DiditWorker.Protocol;

namespace DiditWorker.Operations.Probe;

/// <summary>What the worker assumes of each finding, and what follows for its settings.</summary>
internal static class Consequences
{
    private const string Warning = "warning: ";
    private const string NothingIsSure = "nothing is sure: leave the setting as careful as it is, and probe again";

    /// <summary>The same findings with both filled in.</summary>
    public static IReadOnlyList<Finding> AddTo(IReadOnlyList<Finding> findings, DiditOptions didit) =>
        [.. findings.Select(finding => finding with { Assumes = Assumes(finding.Id, didit), Follows = Follows(finding, findings, didit) })];

    /// <summary>Whether what follows costs sessions or stops the worker, unless something is done.</summary>
    public static bool IsWarning(Finding finding) => finding.Follows.StartsWith(Warning, StringComparison.Ordinal);

    private static string Assumes(string id, DiditOptions didit) => id switch
    {
        FindingIds.HeaderRepeat => didit.LookupBeforeResend == LookupBeforeResend.Always
            ? "nothing: it looks up before it sends again"
            : $"honoured for {didit.UsableWindow:c} (LookupBeforeResend {didit.LookupBeforeResend})",
        FindingIds.HeaderOtherBody => "nothing: it never sends another body under a key",
        FindingIds.Reuse => "nothing; it helps while a session is unfinished",
        FindingIds.ReuseMetadata => "overwritten: its key in a session's metadata may be gone",
        FindingIds.ReuseAfter => $"within {didit.LookupDelay:c} (Didit:LookupDelay); it looks again while a session has no URL",
        FindingIds.Kind => didit.SessionKind == SessionKinds.Any
            ? "nothing: look-ups ask for both kinds" : $"{didit.SessionKind} (Didit:SessionKind)",
        FindingIds.ListOwn => "yes: only a look-up finds the session of a lost reply",
        FindingIds.BusinessList => "shown; refused where there are none",
        FindingIds.TwoWithOneKey or FindingIds.FiveWithOneKey => "several: its lease lets one send at a time",
        FindingIds.TwoForOnePerson or FindingIds.FiveForOnePerson => "several",
        FindingIds.ListLag => $"at most {didit.LookupDelay:c} (Didit:LookupDelay)",
        FindingIds.ListMetadata => "nothing: without it, it reads decisions",
        FindingIds.DecisionMetadata => "yes, where the list has none",
        FindingIds.RateHeaders =>
        $"creates: {didit.RequestsPerMinute.PerMinute.ToString(CultureInfo.InvariantCulture)} a minute (Didit:RequestsPerMinute)",
        FindingIds.WrongKey => "401 or 403",
        FindingIds.UnknownWorkflow or FindingIds.BadField => "400, or another 4xx that is about the message",
        FindingIds.IdField => "session_id, else uuid",
        FindingIds.WithoutSlash => "redirected: its path ends with a slash",
        FindingIds.Clock => $"within {didit.WindowMargin:c} (Didit:WindowMargin)",
        _ => "",
    };

    private static string Follows(Finding finding, IReadOnlyList<Finding> all, DiditOptions didit) => (finding.Id, finding.Verdict) switch
    {
        (FindingIds.HeaderRepeat, "honoured") =>
            "Didit:LookupBeforeResend may be OutsideWindow; how long a key is honoured is another question (--window)",
        (FindingIds.HeaderRepeat, "conflict") => "the key is known but gives no session back: look up (Always)",
        (FindingIds.HeaderRepeat, "ignored") => "only the look-up prevents a second session: Didit:LookupBeforeResend must be Always",
        (FindingIds.HeaderOtherBody, "created") when Is(all, FindingIds.HeaderRepeat, "honoured") => "a key counts for its own body only",
        (FindingIds.Reuse, "created") =>
        "warning: creates for one person are not reused, so each one that goes out twice makes a second session",
        (FindingIds.ReuseMetadata, "overwritten") => "a look-up finds the key of the latest request of a person only",
        (FindingIds.TwoWithOneKey or FindingIds.FiveWithOneKey, "several") =>
            "warning: creates at once under one key make several sessions; only the lease prevents it (Idempotency:WhenRedisUnavailable "
                + "must not be Proceed)",
        (FindingIds.TwoForOnePerson or FindingIds.FiveForOnePerson, "several") => "two requests for one person at once make two sessions",
        (FindingIds.ReuseAfter, "never") =>
            "warning: a create within a second of another makes a second session; a look-up that finds one without a key parks, or looks "
                + "again",
        (FindingIds.ListLag or FindingIds.ReuseAfter, "measured") => Delay(finding, didit),
        (FindingIds.Kind, SessionList.Users or SessionList.Businesses) when !ReportCheck.Sees(didit.SessionKind, finding.Verdict) =>
            "warning: look-ups do not see the sessions of this workflow: Didit:SessionKind must be Any",
        (FindingIds.Kind, SessionList.Businesses) when Is(all, FindingIds.BusinessList, "refused") =>
            "warning: this key may not list what the workflow makes, so no look-up finds it: give it the right to read business sessions",
        (FindingIds.ListOwn, "no" or "refused") =>
            "warning: every look-up answers that there is no session, so each lost reply makes a second one: give this key the right to "
                + "read sessions",
        (FindingIds.BusinessList, "refused") => "look-ups take it that there are no business sessions; Didit:SessionKind may be User",
        (FindingIds.ListMetadata or FindingIds.DecisionMetadata, "no")
            when Is(all, FindingIds.ListMetadata, "no") && Is(all, FindingIds.DecisionMetadata, "no") =>
            "warning: no look-up can know a session by its key, so ambiguous attempts are parked",
        (FindingIds.ListMetadata, "no") => "a look-up costs one decision more for each candidate",
        (FindingIds.RateHeaders, "some") => Rate(finding, didit),
        (FindingIds.WrongKey, not ("401" or "403" or Finding.Inconclusive)) => "warning: a wrong key may be taken for a wrong message",
        (FindingIds.UnknownWorkflow or FindingIds.BadField, "401" or "402" or "403") => "warning: one wrong message pauses all creates",
        (FindingIds.UnknownWorkflow or FindingIds.BadField, "200" or "201") => "warning: it is not refused",
        (FindingIds.Clock, "measured") => Clock(finding, didit),
        (_, Finding.Inconclusive) => NothingIsSure,
        _ => "as it is",
    };

    private static string Delay(Finding finding, DiditOptions didit)
    {
        var delay = ProbeAdvice.LookupDelay([finding]);
        return delay is { } least && didit.LookupDelay < least ? $"warning: Didit:LookupDelay must be {least:c} at least" : "as it is";
    }

    private static string Rate(Finding finding, DiditOptions didit) =>
        finding.Numbers?.TryGetValue("limit", out var limit) == true
            && !didit.RequestsPerMinute.IsAuto && didit.RequestsPerMinute > limit
            ? string.Create(CultureInfo.InvariantCulture, $"warning: Didit:RequestsPerMinute must be {limit} at most")
            : "as it is";

    private static string Clock(Finding finding, DiditOptions didit) =>
        finding.Numbers?.TryGetValue("seconds", out var seconds) == true && Math.Abs(seconds) > didit.WindowMargin.TotalSeconds / 2
            ? "warning: the clocks differ by more than half of Didit:WindowMargin: set this one right"
            : "as it is";

    private static bool Is(IReadOnlyList<Finding> all, string id, string verdict) =>
        all.Any(finding => finding.Id == id && finding.Verdict == verdict);
}
