using DiditWorker.Didit;
using DiditWorker.Operations.Probe;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Probing.Reports;

namespace DiditWorker.Tests.Probing;

public sealed class When_settings_are_compared_with_a_report
{
    private static DiditOptions Careful => Trusting with { LookupBeforeResend = LookupBeforeResend.Always };

    private static string[] Warnings(ProbeReport report, DiditOptions? options = null, DateTimeOffset? now = null) =>
        [.. ReportCheck.Compare(report, options ?? Trusting, now ?? Noon)];

    private static void ShouldWarn(string start, string contains, ProbeReport report, DiditOptions? options = null) =>
        Warnings(report, options).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            warning => warning.ShouldStartWith(start), warning => warning.ShouldContain(contains));

    [Test]
    public void Settings_that_trust_just_as_much_as_was_measured_are_fine() => Warnings(Good).ShouldBeEmpty();

    [TestCase("ignored")]
    [TestCase("conflict")]
    [TestCase(Finding.Inconclusive)]
    public void A_header_that_was_not_seen_to_be_honoured_must_not_be_trusted(string verdict)
    {
        ShouldWarn("Didit:LookupBeforeResend = OutsideWindow", $"\"{verdict}\" (seen header.repeat): set it to Always",
            With(Found(FindingIds.HeaderRepeat, verdict)));
        ShouldWarn("Didit:LookupBeforeResend = Never", verdict, With(Found(FindingIds.HeaderRepeat, verdict)),
            Trusting with { LookupBeforeResend = LookupBeforeResend.Never });
        Warnings(With(Found(FindingIds.HeaderRepeat, verdict)), Careful).ShouldBeEmpty();
    }

    [Test]
    public void Nor_one_that_was_not_measured() =>
        ShouldWarn("Didit:LookupBeforeResend = OutsideWindow", "that was not measured: set it to Always", Without(FindingIds.HeaderRepeat));

    [Test]
    public void With_a_window_of_0_nothing_is_trusted() => Warnings(
        Without(FindingIds.HeaderWindow) with
        { Findings = [.. Without(FindingIds.HeaderWindow).Findings.Where(f => f.Id != FindingIds.HeaderRepeat)] },
        Trusting with { IdempotencyWindow = TimeSpan.Zero }).ShouldBeEmpty();

    [Test]
    public void A_window_longer_than_a_key_lived_is_wrong() => ShouldWarn(
        "Didit:IdempotencyWindow = 1.01:00:01", "forgotten after 1.01:00:00: set the window to 12:00:00", Good,
        Trusting with { IdempotencyWindow = TimeSpan.FromSeconds(90_001) });

    [Test]
    public void A_window_longer_than_one_was_seen_to_be_honoured_is_a_guess() => ShouldWarn(
        "Didit:IdempotencyWindow = 12:00:01", "only up to an age of 12:00:00", Good,
        Trusting with { IdempotencyWindow = TimeSpan.FromSeconds(43_201) });

    [Test]
    public void So_is_one_that_was_never_measured_or_not_clearly()
    {
        ShouldWarn("Didit:IdempotencyWindow = 12:00:00", "was not measured: measure it with diditworker probe --window",
            Without(FindingIds.HeaderWindow));
        ShouldWarn("Didit:IdempotencyWindow = 12:00:00", "is inconclusive (seen header.window)",
            With(Found(FindingIds.HeaderWindow, Finding.Inconclusive, ("atLeast", 1e6))));
        ShouldWarn("Didit:IdempotencyWindow = 12:00:00", "is inconclusive", With(Found(FindingIds.HeaderWindow, "measured")));
    }

    [Test]
    public void Under_always_the_window_is_only_how_long_a_record_lives()
    {
        Warnings(Good, Careful with { IdempotencyWindow = TimeSpan.FromDays(30) }).ShouldBeEmpty();
        Warnings(Without(FindingIds.HeaderWindow), Careful).ShouldBeEmpty();
    }

    [Test]
    public void A_look_up_must_not_come_before_the_list_shows_the_session()
    {
        ShouldWarn("Didit:LookupDelay = 00:00:02", "only after 00:00:02.1", With(Found(FindingIds.ListLag, "measured", ("max", 2.1))));
        ShouldWarn("Didit:LookupDelay = 00:00:02", "is inconclusive (seen list.lag)",
            With(Found(FindingIds.ListLag, Finding.Inconclusive, ("max", 0.1))));
        ShouldWarn("Didit:LookupDelay = 00:00:02", "was not measured", Without(FindingIds.ListLag));
        ShouldWarn("Didit:LookupDelay = 00:00:02", "only after ", With(Found(FindingIds.ListLag, "measured", ("max", 1e300))));
    }

    [TestCase("no")]
    [TestCase("refused")]
    public void A_look_up_must_see_what_the_key_creates(string verdict)
    {
        ShouldWarn("Didit:ApiKey", "each lost reply makes a second one", With(Found(FindingIds.ListOwn, verdict)));
        Warnings(With(Found(FindingIds.ListOwn, "yes"))).ShouldBeEmpty();
    }

    [TestCase(SessionKinds.User, "business", "makes sessions of kind business")]
    [TestCase(SessionKinds.Business, "user", "makes sessions of kind user")]
    [TestCase(SessionKinds.Any, "business", null)]
    [TestCase(SessionKinds.Business, "business", null)]
    [TestCase(SessionKinds.User, "user", null)]
    [TestCase(SessionKinds.User, Finding.Inconclusive, null)]
    public void A_look_up_must_ask_for_the_kind_that_the_workflow_makes(SessionKinds set, string kind, string? warning)
    {
        var warnings = Warnings(With(Found(FindingIds.Kind, kind)), Trusting with { SessionKind = set });
        if (warning is null)
        {
            warnings.ShouldBeEmpty();
        }
        else
        {
            warnings.ShouldHaveSingleItem().ShouldStartWith($"Didit:SessionKind = {set}, but ");
            warnings[0].ShouldContain(warning);
        }
    }

    [TestCase("business", 1)]
    [TestCase("user", 0)]
    public void A_key_must_be_allowed_to_list_business_sessions_only_where_the_workflow_makes_them(string kind, int expected)
    {
        var report = With(Found(FindingIds.Kind, kind));

        Warnings(report with { Findings = [.. report.Findings, Found(FindingIds.BusinessList, "refused")] }).Length.ShouldBe(expected);
    }

    [Test]
    public void A_look_up_must_not_come_before_the_session_is_handed_back()
    {
        ShouldWarn("Didit:LookupDelay = 00:00:02", "only after 00:00:02.5", With(Found(FindingIds.ReuseAfter, "measured", ("after", 2.5))));
        Warnings(With(Found(FindingIds.ReuseAfter, "measured", ("after", 2)))).ShouldBeEmpty();
    }

    [TestCase("no", "no", false)]
    [TestCase(Finding.Inconclusive, "no", false)]
    [TestCase("no", Finding.Inconclusive, false)]
    [TestCase("yes", "no", true)]
    [TestCase("no", "yes", true)]
    public void A_look_up_needs_the_metadata_from_somewhere(string list, string decision, bool enough)
    {
        var report = With(Found(FindingIds.ListMetadata, list));
        report = report with
        {
            Findings =
                [.. report.Findings.Where(f => f.Id != FindingIds.DecisionMetadata), Found(FindingIds.DecisionMetadata, decision)]
        };

        Warnings(report).Count(warning => warning.Contains("can only be parked", StringComparison.Ordinal)).ShouldBe(enough ? 0 : 1);
    }

    [Test]
    public void A_rate_above_the_limit_that_didit_tells_gets_429()
    {
        ShouldWarn("Didit:RequestsPerMinute = 301", "a limit of 300", Good, Trusting with { RequestsPerMinute = 301 });
        Warnings(With(Found(FindingIds.RateHeaders, "none"))).ShouldBeEmpty();
    }

    [TestCase(300.5)]
    [TestCase(-300.5)]
    public void The_margin_must_hold_the_difference_of_the_clocks(double seconds) =>
        ShouldWarn("Didit:WindowMargin = 00:05:00", "differed by 00:05:00.5",
            With(Found(FindingIds.Clock, "measured", ("seconds", seconds))));

    [TestCase("http://verification.didit.me")]
    [TestCase("https://verification.didit.me:8443")]
    [TestCase("https://apx.didit.me")]
    [TestCase("sandbox")]
    public void A_report_about_another_address_says_nothing(string address) =>
        ShouldWarn("Didit:BaseAddress = https://verification.didit.me", "is about " + address, Good with { Address = address });

    [TestCase("https://VERIFICATION.didit.me")]
    [TestCase("https://verification.didit.me:443/")]
    public void The_same_address_may_be_written_otherwise(string address) => Warnings(Good with { Address = address }).ShouldBeEmpty();

    [Test]
    public void An_old_report_is_called_old()
    {
        Warnings(Good, now: Noon.AddDays(90)).ShouldBeEmpty();
        Warnings(Good, now: Noon.AddDays(91)).ShouldHaveSingleItem().ShouldContain("2026-11-24, older than 90 days");
    }

    [Test]
    public void A_probe_that_was_stopped_is_called_incomplete() =>
        ShouldWarn("Didit:ProbeReportFile", "stopped early (402: Didit wants money for it)",
            Good with { StoppedBecause = "402: Didit wants money for it" });
}
