using System.Globalization;
using DiditWorker.Didit;

namespace DiditWorker.Operations.Probe;

/// <summary>The settings that fit what was measured.</summary>
internal static class ProbeAdvice
{
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromSeconds(1);

    /// <summary>Works them out; what is inconclusive permits nothing.</summary>
    public static IReadOnlyList<Recommendation> From(IReadOnlyList<Finding> findings, DiditOptions didit)
    {
        var found = findings.ToDictionary(finding => finding.Id, StringComparer.Ordinal);
        var header = found.GetValueOrDefault(FindingIds.HeaderRepeat);
        var advice = new List<Recommendation> { LookupBeforeResend(header) };
        if (Window(header, found.GetValueOrDefault(FindingIds.HeaderWindow), didit) is { } window)
        {
            advice.Add(window);
        }

        if (found.GetValueOrDefault(FindingIds.ListLag) is { Verdict: "measured" } && LookupDelay(findings) is { } delay)
        {
            advice.Add(new("Didit:LookupDelay", $"{delay:c}",
                "at least: twice the longest time after which the list showed a session or Didit handed it back, and never under 1 "
                    + "second"));
        }

        if (found.GetValueOrDefault(FindingIds.Kind)?.Verdict is { } kind and not Finding.Inconclusive)
        {
            advice.Add(SessionKind(kind));
        }

        if (found.GetValueOrDefault(FindingIds.RateHeaders)?.Numbers?.TryGetValue("limit", out var limit) == true)
        {
            advice.Add(new(
                "Didit:RequestsPerMinute", limit.ToString(CultureInfo.InvariantCulture),
                "at most: Didit's own limit for creates, as its headers tell it"));
        }

        return advice;
    }

    /// <summary>The shortest delay that the measured times permit; null if none was measured.</summary>
    public static TimeSpan? LookupDelay(IReadOnlyList<Finding> findings)
    {
        var times = findings.Where(finding => finding.Verdict == "measured").Select(Longest).OfType<double>().ToList();
        if (times.Count == 0)
        {
            return null;
        }

        var twice = TimeSpan.FromSeconds(Math.Ceiling(times.Max() * 2));
        return twice > ShortestDelay ? twice : ShortestDelay;
    }

    private static double? Longest(Finding finding) => finding.Id switch
    {
        FindingIds.ListLag when finding.Numbers?.TryGetValue("max", out var max) == true => max,
        FindingIds.ReuseAfter when finding.Numbers?.TryGetValue("after", out var after) == true => after,
        _ => null,
    };

    private static Recommendation SessionKind(string kind) => kind == SessionList.Businesses
        ? new("Didit:SessionKind", "Any", "the workflow makes business sessions; Business will do where every workflow does")
        : new("Didit:SessionKind", "User",
            "permitted, not required, where every workflow makes sessions of persons: one request less for each look-up");

    private static Recommendation LookupBeforeResend(Finding? header) =>
        new("Didit:LookupBeforeResend", header?.Verdict == "honoured" ? "OutsideWindow" : "Always", header?.Verdict switch
        {
            "honoured" =>
                "permitted, not required: a repeated key brings the first session back; Always is the careful choice all the same",
            "conflict" => "a repeated key is refused with 409: only a look-up finds the session",
            "ignored" => "a repeated key makes another session: only a look-up prevents it",
            _ => "it is inconclusive whether a repeated key counts",
        });

    private static Recommendation? Window(Finding? header, Finding? window, DiditOptions didit) => header?.Verdict switch
    {
        "honoured" or "conflict" when window?.Numbers?.TryGetValue("atLeast", out var seconds) == true =>
            new("Didit:IdempotencyWindow", $"{TimeSpan.FromSeconds(Math.Floor(seconds)):c}",
                "at most: a key was honoured that long after its first use"),
        "honoured" =>
            new("Didit:IdempotencyWindow", $"{didit.IdempotencyWindow:c}", "not measured: probe with --window before you trust it"),
        "ignored" => new("Didit:IdempotencyWindow", $"{didit.IdempotencyWindow:c}",
            "harmless with LookupBeforeResend Always: it is also how long the worker remembers an answer. With any other value of that, "
                + "it must be 0"),
        _ => null,
    };
}
