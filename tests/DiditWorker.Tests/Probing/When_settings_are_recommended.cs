using DiditWorker.Didit;
using DiditWorker.Operations.Probe;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Probing;

public sealed class When_settings_are_recommended
{
    private static readonly DiditOptions Didit = new() { ApiKey = "k" };

    [TestCase("honoured", "OutsideWindow")]
    [TestCase("conflict", "Always")]
    [TestCase("ignored", "Always")]
    [TestCase(Finding.Inconclusive, "Always")]
    public void The_header_is_trusted_only_where_it_was_honoured(string verdict, string expected) =>
        Value("Didit:LookupBeforeResend", Found(FindingIds.HeaderRepeat, verdict)).ShouldBe(expected);

    [Test]
    public void What_was_not_measured_permits_nothing()
    {
        var advice = ProbeAdvice.From([], Didit).ShouldHaveSingleItem();

        advice.ShouldSatisfyAllConditions(
            () => advice.Setting.ShouldBe("Didit:LookupBeforeResend"),
            () => advice.Value.ShouldBe("Always"));
    }

    [TestCase(0.004, "00:00:01")]
    [TestCase(0.5, "00:00:01")]
    [TestCase(1.52, "00:00:04")]
    [TestCase(12, "00:00:24")]
    public void The_look_up_waits_twice_the_longest_lag_and_a_second_at_least(double longest, string expected) =>
        Value("Didit:LookupDelay", Found(FindingIds.ListLag, "measured", ("max", longest))).ShouldBe(expected);

    [Test]
    public void An_unclear_lag_permits_no_delay() =>
        Value("Didit:LookupDelay", Found(FindingIds.ListLag, Finding.Inconclusive, ("max", 0.1))).ShouldBeNull();

    [TestCase(0.1, 0.05, "00:00:01")]
    [TestCase(0.1, 1.1, "00:00:03")]
    [TestCase(3, 1.1, "00:00:06")]
    public void It_waits_twice_the_time_until_a_session_is_handed_back_too(double lag, double after, string expected)
    {
        Value("Didit:LookupDelay", Found(FindingIds.ListLag, "measured", ("max", lag)),
            Found(FindingIds.ReuseAfter, "measured", ("after", after))).ShouldBe(expected);
        Value("Didit:LookupDelay", Found(FindingIds.ReuseAfter, "measured", ("after", after))).ShouldBeNull("the lag was not measured");
    }

    [TestCase("user", "User")]
    [TestCase("business", "Any")]
    [TestCase(Finding.Inconclusive, null)]
    public void The_kind_is_what_the_workflow_makes(string verdict, string? expected) =>
        Value("Didit:SessionKind", Found(FindingIds.Kind, verdict)).ShouldBe(expected);

    [TestCase("no")]
    [TestCase("refused")]
    public void A_key_that_does_not_see_what_it_creates_is_a_warning(string verdict) =>
        Follows(FindingIds.ListOwn, Found(FindingIds.ListOwn, verdict))
            .ShouldStartWith("warning: every look-up answers that there is no session");

    [Test]
    public void A_refused_list_of_business_sessions_is_one_only_where_the_workflow_makes_them()
    {
        var refused = Found(FindingIds.BusinessList, "refused");

        Follows(FindingIds.Kind, Found(FindingIds.Kind, "business"), refused).ShouldStartWith("warning: this key may not list");
        Follows(FindingIds.BusinessList, Found(FindingIds.Kind, "user"), refused).ShouldContain("no business sessions");
    }

    [TestCase(SessionKinds.Any, "business", false)]
    [TestCase(SessionKinds.Any, "user", false)]
    [TestCase(SessionKinds.User, "user", false)]
    [TestCase(SessionKinds.Business, "business", false)]
    [TestCase(SessionKinds.User, "business", true)]
    [TestCase(SessionKinds.Business, "user", true)]
    public void A_kind_that_look_ups_do_not_ask_for_is_a_warning(SessionKinds set, string kind, bool warns) =>
        Consequences.AddTo([Found(FindingIds.Kind, kind)], Didit with { SessionKind = set })[0].Follows
            .StartsWith("warning: look-ups do not see", StringComparison.Ordinal).ShouldBe(warns);

    [Test]
    public void The_rate_is_what_the_headers_tell()
    {
        Value("Didit:RequestsPerMinute", Found(FindingIds.RateHeaders, "some", ("limit", 120))).ShouldBe("120");
        Value("Didit:RequestsPerMinute", Found(FindingIds.RateHeaders, "some")).ShouldBeNull();
        Value("Didit:RequestsPerMinute", Found(FindingIds.RateHeaders, "none")).ShouldBeNull();
    }

    [Test]
    public void The_window_is_what_was_measured_and_else_as_it_is_with_a_warning()
    {
        var honoured = Found(FindingIds.HeaderRepeat, "honoured");

        Value("Didit:IdempotencyWindow", honoured, Found(FindingIds.HeaderWindow, "measured", ("atLeast", 7200.9))).ShouldBe("02:00:00");
        Advice("Didit:IdempotencyWindow", honoured)!.Because.ShouldContain("--window");
        Advice("Didit:IdempotencyWindow", Found(FindingIds.HeaderRepeat, "ignored"))!.Because.ShouldContain("it must be 0");
        Value("Didit:IdempotencyWindow", Found(FindingIds.HeaderRepeat, Finding.Inconclusive)).ShouldBeNull();
    }

    [Test]
    public void Without_metadata_anywhere_ambiguous_attempts_are_parked()
    {
        Follows(FindingIds.DecisionMetadata, Found(FindingIds.ListMetadata, "no"), Found(FindingIds.DecisionMetadata, "no"))
            .ShouldContain("parked");
        Follows(FindingIds.ListMetadata, Found(FindingIds.ListMetadata, "no"), Found(FindingIds.DecisionMetadata, "no"))
            .ShouldContain("parked");
        Follows(FindingIds.ListMetadata, Found(FindingIds.ListMetadata, "no"), Found(FindingIds.DecisionMetadata, "yes"))
            .ShouldNotContain("warning");
    }

    [TestCase(FindingIds.Reuse, "created")]
    [TestCase(FindingIds.ReuseAfter, "never")]
    [TestCase(FindingIds.TwoWithOneKey, "several")]
    [TestCase(FindingIds.FiveWithOneKey, "several")]
    [TestCase(FindingIds.UnknownWorkflow, "403")]
    [TestCase(FindingIds.WrongKey, "400")]
    public void What_costs_sessions_or_stops_the_worker_is_a_warning(string id, string verdict) =>
        Follows(id, Found(id, verdict)).ShouldStartWith("warning");

    [TestCase(149, false)]
    [TestCase(-149, false)]
    [TestCase(151, true)]
    [TestCase(-151, true)]
    public void A_clock_may_be_off_by_half_the_margin(double seconds, bool warns) =>
        Follows(FindingIds.Clock, Found(FindingIds.Clock, "measured", ("seconds", seconds))).StartsWith("warning", StringComparison.Ordinal)
            .ShouldBe(warns);

    [Test]
    public void A_setting_that_trusts_more_than_was_measured_is_a_warning()
    {
        Follows(FindingIds.ListLag, Found(FindingIds.ListLag, "measured", ("max", 3))).ShouldContain("00:00:06");
        Follows(FindingIds.ListLag, Found(FindingIds.ListLag, "measured", ("max", 1))).ShouldBe("as it is");
        Follows(FindingIds.ReuseAfter, Found(FindingIds.ReuseAfter, "measured", ("after", 1.1))).ShouldContain("00:00:03");
        Follows(FindingIds.ReuseAfter, Found(FindingIds.ReuseAfter, "measured", ("after", 1))).ShouldBe("as it is");
        Follows(FindingIds.RateHeaders, Found(FindingIds.RateHeaders, "some", ("limit", 60))).ShouldContain("60 at most");
    }

    [Test]
    public void Unclear_says_to_leave_the_setting_alone() =>
        Follows(FindingIds.HeaderRepeat, Found(FindingIds.HeaderRepeat, Finding.Inconclusive)).ShouldContain("probe again");

    [Test]
    public void What_the_worker_assumes_depends_on_its_settings()
    {
        var trusting = Didit with { LookupBeforeResend = LookupBeforeResend.OutsideWindow };

        Consequences.AddTo([Found(FindingIds.HeaderRepeat, "ignored")], Didit)[0].Assumes.ShouldStartWith("nothing");
        Consequences.AddTo([Found(FindingIds.HeaderRepeat, "ignored")], trusting)[0].Assumes.ShouldBe(
            "honoured for 23:55:00 (LookupBeforeResend OutsideWindow)");
    }

    private static Finding Found(string id, string verdict, params (string Name, double Value)[] numbers) =>
        new(id, verdict, "", numbers.ToDictionary(number => number.Name, number => number.Value));

    private static Recommendation? Advice(string setting, params Finding[] findings) =>
        ProbeAdvice.From(findings, Didit).SingleOrDefault(advice => advice.Setting == setting);

    private static string? Value(string setting, params Finding[] findings) => Advice(setting, findings)?.Value;

    private static string Follows(string id, params Finding[] findings) =>
        Consequences.AddTo(findings, Didit).Single(finding => finding.Id == id).Follows;
}
