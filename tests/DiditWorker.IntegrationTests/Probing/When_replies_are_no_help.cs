using DiditWorker.Operations.Probe;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Probing;

public sealed class When_replies_are_no_help
{
    private const string Short = "--Didit:AttemptTimeout=00:00:00.400";

    private static readonly SimulatorSettings[] Didits =
    [
        Probe.Plain,
        Probe.Plain with { Header = HeaderMode.Honoured, ListReturnsMetadata = true, OnlyWorkflow = Probe.Workflow },
        Probe.Plain with { Header = HeaderMode.Honoured, RepeatReply = RepeatReply.Conflict, ReuseByVendorData = false },
    ];

    public static IEnumerable<TestCaseData<FaultRule, int>> Now_and_then() =>
        from rule in new[]
        {
            Rule(FaultKind.Malformed), Rule(FaultKind.Empty), Rule(FaultKind.Huge), Rule(FaultKind.ResetAfterCreate),
                Rule(FaultKind.ResetBeforeCreate),
            Rule(FaultKind.StatusAfterCreate), Rule(FaultKind.Status) with { Status = 503 }, Rule(FaultKind.TimeoutAfterCreate),
                Rule(FaultKind.TimeoutBeforeCreate),
            Rule(FaultKind.Status) with { Status = 429, RetryAfter = "0" }, Rule(FaultKind.Malformed) with { Body = "[[[[1]]]]" },
            Rule(FaultKind.Malformed) with { Body = """{"session_id":{"a":1},"results":[1,null,"x"],"metadata":7,"\ud800":1}""" },
        }
        from seed in new[] { 1, 2 }
        select new TestCaseData<FaultRule, int>(rule with { Probability = 0.2, Seed = seed }, seed)
        {
            TestName = $"Now_and_then_no_verdict_is_wrong({rule.Kind} {rule.Status} {rule.Body?.Length}, seed {seed})",
        };

    [TestCaseSource(nameof(Now_and_then))]
    public async Task Now_and_then_no_verdict_is_wrong(FaultRule rule, int seed)
    {
        var settings = Didits[seed % Didits.Length];
        await using var didit = await SimulatorServer.StartAsync(settings: settings);
        didit.State.AddFault(rule);

        var probed = await didit.ProbedAsync(Short);

        NoVerdictShouldBeWrong(settings, didit, probed);
        didit.State.Requests.Count.ShouldBeLessThanOrEqualTo(ProbePlan.MostRequests(2));
        foreach (var session in didit.State.Sessions.Where(session => !session.Deleted))
        {
            (probed.Run.Notes.Contains(session.SessionId, StringComparison.Ordinal)
                || probed.Run.Notes.Contains(session.VendorData!, StringComparison.Ordinal))
                .ShouldBeTrue($"session {session.SessionNumber} is left and nobody is told: {probed}");
        }
    }

    [TestCase(FaultKind.Malformed)]
    [TestCase(FaultKind.Empty)]
    [TestCase(FaultKind.Huge)]
    [TestCase(FaultKind.StatusAfterCreate)]
    public async Task Creates_that_are_never_answered_well_leave_everything_unclear_and_nothing_behind(FaultKind kind)
    {
        await using var didit = await SimulatorServer.StartAsync(settings: Probe.Plain);
        didit.State.AddFault(Rule(kind, DiditOperation.Create));

        var probed = await didit.ProbedAsync();

        probed.Run.ExitCode.ShouldBe(1);
        probed.Report.Findings.Where(
            finding => finding.Id is not (FindingIds.Clock or FindingIds.WrongKey or FindingIds.BadField or FindingIds.WithoutSlash))
            .Select(finding => finding.Verdict).Distinct().ShouldBe([Finding.Inconclusive], probed.ToString());
        didit.State.Sessions.Count.ShouldBeGreaterThan(5);
        didit.State.Sessions.ShouldAllBe(session => session.Deleted);
    }

    [TestCase(FaultKind.TimeoutAfterCreate)]
    [TestCase(FaultKind.ResetAfterCreate)]
    public async Task A_didit_that_never_answers_a_create_is_left_alone_after_three(FaultKind kind)
    {
        await using var didit = await SimulatorServer.StartAsync(settings: Probe.Plain);
        didit.State.AddFault(Rule(kind, DiditOperation.Create));

        var probed = await didit.ProbedAsync(Short);

        probed.Run.ExitCode.ShouldBe(1, "its list answers");
        probed.Report.StoppedBecause.ShouldBe("Didit does not answer");
        didit.State.Requests.Count(request => request.Operation == DiditOperation.Create).ShouldBeLessThanOrEqualTo(3);
        didit.State.Sessions.ShouldNotBeEmpty();
        didit.State.Sessions.ShouldAllBe(session => session.Deleted);
    }

    [TestCase(FaultKind.Malformed)]
    [TestCase(FaultKind.Empty)]
    [TestCase(FaultKind.Huge)]
    [TestCase(FaultKind.StatusAfterCreate)]
    public async Task A_list_and_a_decision_of_no_help_leave_what_they_tell_unclear(FaultKind kind)
    {
        await using var didit = await SimulatorServer.StartAsync(settings: Probe.Plain);
        didit.State.AddFault(Rule(kind, DiditOperation.List) with { Skip = 2, Count = 4 });
        didit.State.AddFault(Rule(kind, DiditOperation.Decision));

        var probed = await didit.ProbedAsync("--tries", "1");

        probed.Verdict(FindingIds.ListLag).ShouldBe(Finding.Inconclusive);
        probed.Verdict(FindingIds.DecisionMetadata).ShouldBe(Finding.Inconclusive);
        probed.Verdict(FindingIds.ReuseMetadata).ShouldBe(Finding.Inconclusive);
        NoVerdictShouldBeWrong(Probe.Plain, didit, probed);
    }

    [TestCase(204)]
    [TestCase(405)]
    [TestCase(500)]
    public async Task Where_no_session_can_be_ended_the_key_is_told_from_the_person_all_the_same(int status)
    {
        foreach (var settings in Didits)
        {
            await using var didit = await SimulatorServer.StartAsync(settings: settings);
            didit.State.AddFault(Rule(FaultKind.Status, DiditOperation.Delete) with { Status = status, Count = 1 });

            var probed = await didit.ProbedAsync();

            // Honoured, but 409 for another body, and reused: the same body proves nothing.
            var expected = settings is { Header: HeaderMode.Honoured, ReuseByVendorData: true } ? Finding.Inconclusive
                : settings.Header == HeaderMode.Honoured ? "conflict" : "ignored";
            probed.Verdict(FindingIds.HeaderRepeat)
                .ShouldBe(status == 204 && !settings.ReuseByVendorData ? "conflict" : expected, probed.ToString());
        }
    }

    [Test]
    public async Task A_key_that_brings_the_session_back_only_now_and_then_is_unclear()
    {
        await using var didit = await SimulatorServer.StartAsync(settings: Didits[1]);

        // Creates: two for reuse, the first of the key, one with another key, then the repeats: this is the second of them.
        didit.State.AddFault(
            Rule(FaultKind.Malformed, DiditOperation.Create) with { Skip = 5, Count = 1, Body = """{"uuid":"another-session"}""" });

        var probed = await didit.ProbedAsync();

        probed.Verdict(FindingIds.HeaderRepeat).ShouldBe(Finding.Inconclusive, probed.ToString());
        probed.Verdict(FindingIds.IdField).ShouldBe(Finding.Inconclusive);
        NoVerdictShouldBeWrong(Didits[1], didit, probed);
    }

    [Test]
    public async Task Dates_that_contradict_each_other_are_unclear()
    {
        await using var didit = await SimulatorServer.StartAsync(settings: Probe.Plain with { DateSkew = null });
        didit.State.AddFault(
            Rule(FaultKind.Delay) with
            { Delay = TimeSpan.Zero, Count = 3, Headers = new Dictionary<string, string> { ["Date"] = "Tue, 01 Jan 2030 00:00:00 GMT" } });

        var probed = await didit.ProbedAsync();

        probed.Verdict(FindingIds.Clock).ShouldBe(Finding.Inconclusive);
    }

    private static void NoVerdictShouldBeWrong(SimulatorSettings settings, SimulatorServer didit, Probed probed)
    {
        var implied = Implied.By(settings, didit.State.Requests);
        probed.Report.Findings.ShouldNotBeEmpty();

        // Retry-After came with a scripted 429.
        foreach (var finding in probed.Report.Findings.Where(finding => finding is not { Id: FindingIds.RateHeaders, Verdict: "some" }))
        {
            finding.Verdict.ShouldBeOneOf([implied[finding.Id], Finding.Inconclusive], $"{finding.Id}: {probed}");
        }
    }

    private static FaultRule Rule(FaultKind kind, DiditOperation operation = DiditOperation.Any) =>
        new() { Operation = operation, Kind = kind };
}
