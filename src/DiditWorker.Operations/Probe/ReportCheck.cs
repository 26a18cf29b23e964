using System.Globalization;
using DiditWorker.Didit;
using DiditWorker.Protocol;

namespace DiditWorker.Operations.Probe;

/// <summary>Which settings trust more than a probe has measured.</summary>
internal static class ReportCheck
{
    // What Didit does may change without notice.
    private static readonly TimeSpan OldestReport = TimeSpan.FromDays(90);

    /// <summary>One text for each such setting: its name, its value, what was measured, what to do.</summary>
    public static IEnumerable<string> Compare(ProbeReport report, DiditOptions options, DateTimeOffset now) =>
    [
        .. OfTheReport(report, options, now), .. OfTheHeader(report, options), .. OfTheWindow(report, options),
            .. OfLookUps(report, options),
        .. OfKinds(report, options), .. OfLimits(report, options),
    ];

    /// <summary>Whether two addresses are the same scheme, host and port.</summary>
    public static bool IsSame(string address, Uri other) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && Uri.Compare(uri, other, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;

    private static IEnumerable<string> OfTheReport(ProbeReport report, DiditOptions options, DateTimeOffset now)
    {
        if (!IsSame(report.Address, options.BaseAddress))
        {
            yield return $"Didit:BaseAddress = {options.BaseAddress.GetLeftPart(UriPartial.Authority)}, but the report is about "
                + $"{report.Address}: "
                + "probe the address that is used, and name that report in Didit:ProbeReportFile";
        }

        if (now - report.At > OldestReport)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"Didit:ProbeReportFile: the report is of {report.At:yyyy-MM-dd}, older than {OldestReport.TotalDays} days, and Didit "
                    + $"may have changed: probe again");
        }

        if (report.StoppedBecause is { } why)
        {
            yield return $"Didit:ProbeReportFile: the probe was stopped early ({why}), so that some things were not measured: probe again";
        }
    }

    private static IEnumerable<string> OfTheHeader(ProbeReport report, DiditOptions options)
    {
        if (TrustsTheHeader(options) && report.Find(FindingIds.HeaderRepeat) is not { Verdict: "honoured" })
        {
            yield return $"Didit:LookupBeforeResend = {options.LookupBeforeResend} trusts Didit to honour a repeated Idempotency-Key, but "
                + $"{Seen(report, FindingIds.HeaderRepeat)}: set it to Always";
        }
    }

    // Under Always nothing is sent again on the strength of the window; there it is only how long a record lives, and a longer one protects
    // more.
    private static IEnumerable<string> OfTheWindow(ProbeReport report, DiditOptions options)
    {
        if (!TrustsTheHeader(options))
        {
            yield break;
        }

        var setting =
            $"Didit:IdempotencyWindow = {options.IdempotencyWindow:c} with Didit:LookupBeforeResend = {options.LookupBeforeResend}";
        var finding = report.Find(FindingIds.HeaderWindow);
        if (finding is not { Verdict: "measured" } || Number(finding, "atLeast") is not { } atLeast)
        {
            yield return $"{setting}, but for how long Didit remembers a key {Unmeasured(finding)}: measure it with diditworker probe "
                + "--window, or set "
                + "Didit:LookupBeforeResend to Always";
        }
        else if (Number(finding, "atMost") is { } atMost && options.IdempotencyWindow.TotalSeconds > atMost)
        {
            yield return $"{setting}, but a key had been forgotten after {Time(atMost)}: set the window to {Time(atLeast)}, or "
                + "Didit:LookupBeforeResend to Always";
        }
        else if (options.IdempotencyWindow.TotalSeconds > atLeast)
        {
            yield return $"{setting}, but keys were seen to be honoured only up to an age of {Time(atLeast)}: set the window to that, "
                + "measure on with "
                + "diditworker probe --window, or set Didit:LookupBeforeResend to Always";
        }
    }

    private static IEnumerable<string> OfLookUps(ProbeReport report, DiditOptions options)
    {
        var lag = report.Find(FindingIds.ListLag);
        if (lag is not { Verdict: "measured" } || Number(lag, "max") is not { } longest)
        {
            yield return $"Didit:LookupDelay = {options.LookupDelay:c}, but how long after a create the list shows it {Unmeasured(lag)}: "
                + "probe again with more --tries";
        }
        else if (options.LookupDelay.TotalSeconds < longest)
        {
            yield return $"Didit:LookupDelay = {options.LookupDelay:c}, but the list showed a session only after {Time(longest)}: set it "
                + "to more than that";
        }

        if (report.Find(FindingIds.ListOwn) is { Verdict: "no" or "refused" } own)
        {
            yield return $"Didit:ApiKey: the list does not show what the key of the probe creates ({own.Measured}), so every look-up "
                + "answers that there is "
                + "no session, and each lost reply makes a second one: give the key the right to read sessions";
        }

        if (!IsYes(report, FindingIds.ListMetadata) && !IsYes(report, FindingIds.DecisionMetadata))
        {
            yield return $"Didit:LookupBeforeResend = {options.LookupBeforeResend}: a look-up knows its session by the metadata, but "
                + "neither the list "
                + "nor the decision was seen to return it: attempts without a clear reply can only be parked, for a person to decide";
        }
    }

    private static IEnumerable<string> OfKinds(ProbeReport report, DiditOptions options)
    {
        var kind = report.Find(FindingIds.Kind)?.Verdict ?? Finding.Inconclusive;
        if (!Sees(options.SessionKind, kind))
        {
            yield return $"Didit:SessionKind = {options.SessionKind}, but the workflow of the probe makes sessions of kind {kind}, which "
                + "look-ups then do not "
                + "see: set it to Any";
        }

        if (kind == SessionList.Businesses && report.Find(FindingIds.BusinessList) is { Verdict: "refused" } refused)
        {
            yield return "Didit:ApiKey: the workflow of the probe makes business sessions, and the key may not list them "
                + $"({refused.Measured}): give it the "
                + "right to read them";
        }

        if (Number(report.Find(FindingIds.ReuseAfter), "after") is { } after && options.LookupDelay.TotalSeconds < after)
        {
            yield return $"Didit:LookupDelay = {options.LookupDelay:c}, but a session was handed back only after {Time(after)}: set it "
                + "to more than that";
        }
    }

    /// <summary>Whether look-ups with this setting see sessions of this kind; of an unknown one nothing is known against it.</summary>
    internal static bool Sees(SessionKinds setting, string kind) => (setting, kind) is not
        ((SessionKinds.User, SessionList.Businesses) or (SessionKinds.Business, SessionList.Users));

    private static IEnumerable<string> OfLimits(ProbeReport report, DiditOptions options)
    {
        if (Number(report.Find(FindingIds.RateHeaders), "limit") is { } limit
            && !options.RequestsPerMinute.IsAuto && options.RequestsPerMinute > limit)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"Didit:RequestsPerMinute = {options.RequestsPerMinute}, but Didit's headers tell a limit of {limit}: set it to that or "
                    + $"less");
        }

        if (Number(report.Find(FindingIds.Clock), "seconds") is { } seconds && options.WindowMargin.TotalSeconds < Math.Abs(seconds))
        {
            yield return $"Didit:WindowMargin = {options.WindowMargin:c}, but Didit's clock and the one of the probe differed by "
                + $"{Time(Math.Abs(seconds))}: "
                + "set the clocks right, or the margin to more than that";
        }
    }

    private static bool TrustsTheHeader(DiditOptions options) =>
        options.LookupBeforeResend != LookupBeforeResend.Always && options.IdempotencyWindow > TimeSpan.Zero;

    private static bool IsYes(ProbeReport report, string id) => report.Find(id) is { Verdict: "yes" };

    private static string Seen(ProbeReport report, string id) =>
        report.Find(id) is { } finding ? $"the probe found \"{finding.Verdict}\" ({finding.Measured})" : "that was not measured";

    private static string Unmeasured(Finding? finding) => finding is null ? "was not measured" : $"is inconclusive ({finding.Measured})";

    private static double? Number(Finding? finding, string name) =>
        finding?.Numbers is { } numbers && numbers.TryGetValue(name, out var number) ? number : null;

    // The file may hold any number.
    private static string Time(double seconds) =>
        TimeSpan.FromSeconds(Math.Clamp(Math.Round(seconds, 3), -1e11, 1e11)).ToString("c", CultureInfo.InvariantCulture);
}
