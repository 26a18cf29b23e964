using DiditWorker.Operations.Probe;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Probing;

public sealed class The_verdict_matrix
{
    private static readonly SimulatorSettings Ignored = Probe.Plain;
    private static readonly SimulatorSettings Honoured = Probe.Plain with { Header = HeaderMode.Honoured };
    private static readonly SimulatorSettings Conflict = Honoured with { RepeatReply = RepeatReply.Conflict };

    public static IEnumerable<TestCaseData<SimulatorSettings>> Combinations()
    {
        (string Name, SimulatorSettings Didit)[] headers = [("ignored", Ignored), ("honoured", Honoured), ("conflict", Conflict)];
        foreach (var (name, didit) in headers)
        {
            foreach (var reuse in new[] { true, false })
            {
                foreach (var list in new[] { true, false })
                {
                    foreach (var decision in new[] { true, false })
                    {
                        yield return Case(
                            $"{name}, {(reuse ? "" : "not ")}reused, list {(list ? "with" : "without")}, decision "
                                + $"{(decision ? "with" : "without")} metadata",
                            didit with { ReuseByVendorData = reuse, ListReturnsMetadata = list, DecisionReturnsMetadata = decision });
                    }
                }
            }
        }

        yield return Case("one 409 first", Honoured with { ConflictCount = 1 });
        yield return Case("three 409 first, not reused", Honoured with { ConflictCount = 3, ReuseByVendorData = false });
        yield return Case("more 409 than repeats", Honoured with { ConflictCount = 4, OtherBody = RepeatReply.Original });
        yield return Case("another body gets the original", Honoured with { OtherBody = RepeatReply.Original });
        yield return Case(
            "another body gets the original after two 409",
            Honoured with { OtherBody = RepeatReply.Original, ConflictCount = 2, SessionIdField = SessionIdField.Uuid });
        yield return Case("honoured for no time at all", Honoured with { HeaderWindow = TimeSpan.Zero });
        yield return Case("metadata kept", Ignored with { OverwriteMetadata = false });
        yield return Case(
            "metadata kept, in the list only",
            Honoured with { OverwriteMetadata = false, ListReturnsMetadata = true, DecisionReturnsMetadata = false });
        yield return Case(
            "a list that lags",
            Ignored with { ListLag = TimeSpan.FromSeconds(1.5), ListReturnsMetadata = true, DecisionReturnsMetadata = false });
        yield return Case(
            "a list that lags, honoured, uuid",
            Honoured with { ListLag = TimeSpan.FromSeconds(1.5), SessionIdField = SessionIdField.Uuid });
        yield return Case("both names of the id", Conflict with { SessionIdField = SessionIdField.Both, ConflictCount = 1 });
        yield return Case("limits that are told", Ignored with { RequestsPerMinute = 5000, GetsPerMinute = 6000 });
        yield return Case("a limit of reads that is told", Honoured with { GetsPerMinute = 6000, ReuseByVendorData = false });
        yield return Case("limits that are not told", Ignored with { RequestsPerMinute = 5000, RateHeaders = false });
        yield return Case(
            "creates that overlap are not reused", Ignored with { ReuseConcurrent = false, CreateDelay = TimeSpan.FromSeconds(0.7) });
        yield return Case(
            "creates that overlap are not reused, honoured",
            Honoured with { ReuseConcurrent = false, CreateDelay = TimeSpan.FromSeconds(0.7) });
        yield return Case("a wrong key is 403, a workflow is known", Ignored with { BadKeyStatus = 403, OnlyWorkflow = Probe.Workflow });
        yield return Case("an unknown workflow is 403", Honoured with { OnlyWorkflow = Probe.Workflow, UnknownWorkflowStatus = 403 });
        yield return Case("any key will do, and no slash is needed", Ignored with { ApiKey = null, WithoutSlash = WithoutSlash.Works });
        yield return Case(
            "no slash is refused, the clock is behind",
            Honoured with { WithoutSlash = WithoutSlash.Refused, DateSkew = TimeSpan.FromSeconds(-200) });
        yield return Case("business sessions", Ignored with { BusinessWorkflows = "all" });
        yield return Case("business sessions in a list that lags", Honoured with
        {
            BusinessWorkflows = Probe.Workflow,
            ListLag = TimeSpan.FromSeconds(1.5),
            ListReturnsMetadata = true,
            DecisionReturnsMetadata = false,
        });
        yield return Case("an account without KYB, 403", Ignored with { BusinessListStatus = 403 });
        yield return Case("an account without KYB, 404", Honoured with { BusinessListStatus = 404 });
        yield return Case("an account without KYB, 400", Conflict with { BusinessListStatus = 400 });
        yield return Case(
            "business sessions that the key may not list", Ignored with { BusinessWorkflows = "all", BusinessListStatus = 403 });
        yield return Case("a key that may not list", Ignored with { ListScope = ListScope.Refused });
        yield return Case(
            "a key that may not list, no decision with metadata",
            Ignored with { ListScope = ListScope.Refused, DecisionReturnsMetadata = false });
        yield return Case("a key that sees nothing of its own", Ignored with { ListScope = ListScope.NothingOfItsOwn });
        yield return Case("handed back after a tenth of a second", Ignored with { UrlDelay = TimeSpan.FromSeconds(0.1) });
        yield return Case("handed back after minutes", Honoured with { UrlDelay = TimeSpan.FromMinutes(5) });
        yield return Case("the clock is ahead", Conflict with { DateSkew = TimeSpan.FromMinutes(20) });
    }

    [TestCaseSource(nameof(Combinations))]
    public async Task Every_verdict_is_what_the_switches_imply(SimulatorSettings settings)
    {
        await using var didit = await SimulatorServer.StartAsync(settings: settings);

        var probed = await didit.ProbedAsync();

        var implied = Implied.By(settings, didit.State.Requests);
        probed.Report.Findings.Select(finding => $"{finding.Id}: {finding.Verdict}")
            .ShouldBe(Probe.AllIds.Select(id => $"{id}: {implied[id]}"), probed.ToString());
        probed.Report.StoppedBecause.ShouldBeNull();
        probed.Run.ExitCode.ShouldBe(implied.ContainsValue(Finding.Inconclusive) ? 1 : 0);
        CheckNumbers(settings, probed.Report);
        didit.State.Sessions.ShouldAllBe(session => session.Deleted);
        probed.Report.Requests.ShouldBe(didit.State.Requests.Count);
    }

    [Test]
    public async Task A_list_that_never_shows_a_session_is_given_30_seconds_and_is_unclear()
    {
        var settings = Ignored with { ListLag = TimeSpan.FromDays(1), ListReturnsMetadata = true };
        await using var didit = await SimulatorServer.StartAsync(settings: settings);

        var probed = await didit.ProbedAsync("--tries", "1");

        var implied = Implied.By(settings, didit.State.Requests);
        probed.Report.Findings.Select(finding => $"{finding.Id}: {finding.Verdict}")
            .ShouldBe(Probe.AllIds.Select(id => $"{id}: {implied[id]}"));
        probed.Report.Find(FindingIds.ListLag)!.Numbers!["shown"].ShouldBe(0);
        didit.State.Sessions.ShouldAllBe(session => session.Deleted);
    }

    private static void CheckNumbers(SimulatorSettings settings, ProbeReport report)
    {
        var lag = report.Find(FindingIds.ListLag)!.Numbers!;
        lag["tries"].ShouldBe(2);
        if (report.Find(FindingIds.ListLag)!.Verdict == "measured")
        {
            lag["min"].ShouldBeGreaterThan(settings.ListLag.TotalSeconds - 0.1 - settings.CreateDelay.TotalSeconds);
            lag["max"].ShouldBeGreaterThanOrEqualTo(lag["median"]);
        }

        if (report.Find(FindingIds.ReuseAfter) is { Verdict: "measured" } soon)
        {
            // The reply is on its way for some time.
            soon.Numbers!["after"].ShouldBeInRange(Math.Max(0, settings.UrlDelay.TotalSeconds - 0.1), 1.5);
        }

        report.Find(FindingIds.Clock)!.Numbers!["seconds"].ShouldBe(settings.DateSkew!.Value.TotalSeconds, tolerance: 2);
        if (settings.RequestsPerMinute > 0 && settings.RateHeaders)
        {
            report.Find(FindingIds.RateHeaders)!.Numbers!["limit"].ShouldBe(settings.RequestsPerMinute);
        }

        if (report.Find(FindingIds.HeaderRepeat)!.Verdict == "honoured")
        {
            report.Find(FindingIds.HeaderRepeat)!.Numbers!["conflicts"].ShouldBe(settings.ConflictCount);
        }
    }

    private static TestCaseData<SimulatorSettings> Case(string name, SimulatorSettings didit) =>
        new(didit) { TestName = $"Every_verdict_is_what_the_switches_imply({name})" };
}
