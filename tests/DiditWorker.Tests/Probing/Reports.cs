using DiditWorker.Didit;
using DiditWorker.Operations.Probe;
using DiditWorker.Protocol;

namespace DiditWorker.Tests.Probing;

/// <summary>A report that allows everything, and settings that trust as much as it allows.</summary>
internal static class Reports
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static DiditOptions Trusting { get; } = new()
    {
        ApiKey = "k",
        LookupBeforeResend = LookupBeforeResend.OutsideWindow,
        IdempotencyWindow = TimeSpan.FromHours(12),
        LookupDelay = TimeSpan.FromSeconds(2),
        RequestsPerMinute = 300,
        WindowMargin = TimeSpan.FromMinutes(5),
    };

    public static ProbeReport Good { get; } = new()
    {
        Version = ProbeReport.CurrentVersion,
        At = Noon,
        Address = "https://verification.didit.me",
        WorkflowId = "11111111-2222-4333-8444-555555555555",
        Requests = 57,
        StoppedBecause = null,
        Findings =
        [
            Found(FindingIds.HeaderRepeat, "honoured"), Found(FindingIds.HeaderWindow, "measured", ("atLeast", 43_200), ("atMost", 90_000)),
            Found(FindingIds.ListLag, "measured", ("tries", 5), ("min", 0.1), ("median", 0.5), ("max", 2)),
            Found(FindingIds.ListMetadata, "no"),
            Found(FindingIds.DecisionMetadata, "yes"), Found(FindingIds.RateHeaders, "some", ("limit", 300)),
            Found(FindingIds.Clock, "measured", ("seconds", -300)),
        ],
        Recommendations = [new("Didit:LookupDelay", "00:00:02", "as measured")],
    };

    public static Finding Found(string id, string verdict, params (string Name, double Value)[] numbers) => new(
        id, verdict, "seen " + id, numbers.Length == 0 ? null : numbers.ToDictionary(n => n.Name, n => n.Value, StringComparer.Ordinal))
    { Assumes = "assumed", Follows = "follows" };

    public static ProbeReport Without(string id) => Good with { Findings = [.. Good.Findings.Where(finding => finding.Id != id)] };

    public static ProbeReport With(Finding finding) => Good with { Findings = [.. Without(finding.Id).Findings, finding] };
}
