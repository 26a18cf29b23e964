using DiditWorker.Didit;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Probe;
using DiditWorker.Operations.Terminal;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Probing;

public sealed class When_didit_is_probed
{
    [Test]
    public async Task Without_yes_it_says_what_it_would_do_and_sends_nothing()
    {
        await using var didit = await SimulatorServer.StartAsync(settings: Probe.Plain);

        var run = await didit.RunAsync("--tries", "3");

        run.ExitCode.ShouldBe(ExitCodes.Done);
        run.Text.ShouldContain(didit.Address.GetLeftPart(UriPartial.Authority));
        run.Text.ShouldContain(Probe.Workflow);
        run.Text.ShouldContain($"Makes {ProbePlan.MostSessions(3)} sessions at most");
        run.Text.ShouldContain($"Sends {ProbePlan.MostRequests(3)} requests at most");
        run.Text.ShouldContain("billed");
        run.Text.ShouldContain("sandbox");
        run.Text.ShouldContain("--yes");
        didit.State.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task People_get_a_table_and_the_report_goes_into_a_file()
    {
        using var folder = new TemporaryFolder();
        await using var didit =
            await SimulatorServer.StartAsync(settings: Probe.Plain with { Header = HeaderMode.Honoured, ListReturnsMetadata = true });

        var run = await didit.RunAsync("--yes", "--tries", "1", "--report", folder.File("report.json"));

        run.ExitCode.ShouldBe(ExitCodes.Done, run.ToString());
        Probe.AllIds.ShouldAllBe(id => run.Text.Contains(id));
        run.Text.ShouldContain("OutsideWindow");
        run.Notes.ShouldContain("Sessions deleted: ");
        run.Notes.ShouldContain("left: 0");
        var report = await File.ReadAllTextAsync(folder.File("report.json"));
        report.ShouldContain(FindingIds.HeaderRepeat);
        NothingSecretShouldBeIn(run.Text + run.Notes + report, didit);
    }

    [Test]
    public async Task Nothing_secret_is_told_whatever_is_answered()
    {
        using var folder = new TemporaryFolder();
        await using var didit = await SimulatorServer.StartAsync(settings: Probe.Plain);
        const string url = "https://verify.didit.me/session/of-a-stranger";
        didit.State.AddFault(new()
        {
            Operation = DiditOperation.Any, Kind = FaultKind.Malformed, Probability = 0.3,
            Body = $$$"""{"session_id":"{{{url}}}","detail":"{{{Probe.ApiKey}}}","{{{url}}}":1,"metadata":{"probe":"{{{url}}}"}}""",
            Headers = new Dictionary<string, string> { ["X-RateLimit-Limit"] = url, ["Retry-After"] = url },
        });

        var run = await didit.RunAsync("--yes", "--json", "--tries", "1", "--keep", "--report", folder.File("report.json"));

        NothingSecretShouldBeIn(run.Text + run.Notes + await File.ReadAllTextAsync(folder.File("report.json")), didit);
    }

    [Test]
    public async Task Keep_leaves_the_sessions_and_names_them()
    {
        await using var didit = await SimulatorServer.StartAsync(settings: Probe.Plain);

        var probed = await didit.ProbedAsync("--keep");

        didit.State.Sessions.Count(session => session.Deleted).ShouldBe(1, "one is ended to see whether its key counts");
        var left = didit.State.Sessions.Where(session => !session.Deleted).ToList();
        left.Count.ShouldBeGreaterThan(5);
        left.ShouldAllBe(session => probed.Run.Notes.Contains(session.SessionId));
        probed.Run.Notes.ShouldContain($"Sessions deleted: 1; left: {left.Count} (--keep)");
    }

    [TestCase(1)]
    [TestCase(12)]
    [TestCase(25)]
    [TestCase(40)]
    public async Task It_never_sends_more_than_was_agreed_on_and_leaves_no_session_for_want_of_a_request(int most)
    {
        await using var didit = await SimulatorServer.StartAsync(settings: Probe.Plain with { ReuseByVendorData = false });
        didit.State.AddFault(
            new() { Operation = DiditOperation.Create, Kind = FaultKind.StatusAfterCreate, Probability = 0.3, Seed = most });

        var probed = await didit.ProbedAsync("--max-requests", $"{most}");

        didit.State.Requests.Count.ShouldBeLessThanOrEqualTo(most);
        probed.Run.Notes.ShouldContain($"Sends {most} requests at most");
        probed.Report.StoppedBecause.ShouldNotBeNull().ShouldContain($"{most} requests");
        probed.Run.ExitCode.ShouldBe(ExitCodes.SomeFailed);
        didit.State.Sessions.ShouldAllBe(session => session.Deleted);
    }

    [Test]
    public async Task The_plan_is_enough_where_everything_takes_longest()
    {
        await using var didit = await SimulatorServer.StartAsync(settings: Probe.Plain with
        {
            Header = HeaderMode.Honoured,
            RepeatReply = RepeatReply.Conflict,
            ReuseByVendorData = false,
            ListLag = TimeSpan.FromDays(1),
        });
        didit.State.AddFault(new() { Operation = DiditOperation.Delete, Kind = FaultKind.Status, Status = 500, Count = 1 });

        var probed = await didit.ProbedAsync("--tries", "1");

        probed.Report.StoppedBecause.ShouldBeNull();
        didit.State.Requests.Count.ShouldBeLessThanOrEqualTo(ProbePlan.MostRequests(1));
        didit.State.Sessions.Count.ShouldBeLessThanOrEqualTo(ProbePlan.MostSessions(1));
    }

    [Test]
    public async Task It_keeps_the_rate()
    {
        await using var didit = await SimulatorServer.StartAsync(settings: Probe.Plain);

        await didit.ProbedAsync("--Didit:RequestsPerMinute=1200");

        var log = didit.State.Requests;
        var least = TimeSpan.FromMilliseconds(50 * (log.Count - 1));

        // The first request may have been on its way for some time.
        (log[^1].At - log[0].At).ShouldBeGreaterThan(least - TimeSpan.FromSeconds(1));
        least.ShouldBeGreaterThan(TimeSpan.FromSeconds(2));
    }

    [TestCase(402)]
    [TestCase(401)]
    [TestCase(403)]
    public async Task A_refusal_ends_it_and_what_was_made_is_deleted(int status)
    {
        await using var didit = await SimulatorServer.StartAsync(settings: Probe.Plain);
        didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = status, Skip = 7 });

        var probed = await didit.ProbedAsync();

        probed.Run.ExitCode.ShouldBe(ExitCodes.SomeFailed);
        probed.Report.StoppedBecause.ShouldNotBeNull().ShouldStartWith($"{status}");
        probed.Report.Find(FindingIds.HeaderRepeat)!.Verdict.ShouldBe("ignored");
        probed.Report.Find(FindingIds.Reuse)!.Verdict.ShouldBe("reused");
        probed.Report.Find(FindingIds.TwoWithOneKey).ShouldBeNull();
        didit.State.Requests.Count(request => request.Operation == DiditOperation.Create).ShouldBe(8);
        didit.State.Sessions.ShouldNotBeEmpty();
        didit.State.Sessions.ShouldAllBe(session => session.Deleted);
    }

    [Test]
    public async Task Refused_credentials_are_tried_once()
    {
        await using var didit = await SimulatorServer.StartAsync(settings: Probe.Plain with { ApiKey = "another" });

        var probed = await didit.ProbedAsync();

        probed.Run.ExitCode.ShouldBe(ExitCodes.SomeFailed);
        probed.Report.StoppedBecause.ShouldBe("401: Didit refuses the API key");
        didit.State.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_throttled_request_is_repeated_once()
    {
        await using var didit = await SimulatorServer.StartAsync(settings: Probe.Plain);
        didit.State.AddFault(
            new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 429, RetryAfter = "1", Count = 1 });

        var probed = await didit.ProbedAsync();

        probed.Verdict(FindingIds.Reuse).ShouldBe("reused");
        var creates = didit.State.Requests.Where(request => request.Operation == DiditOperation.Create).Take(2).ToList();
        (creates[1].At - creates[0].At).ShouldBeGreaterThan(TimeSpan.FromSeconds(0.9));
        creates[1].IdempotencyKey.ShouldBe(creates[0].IdempotencyKey);
    }

    [Test]
    public async Task A_didit_that_is_not_there_is_69()
    {
        var run = await Probe.RunAsync(new Uri($"http://127.0.0.1:{FreePort.Take()}"), "--yes", "--json");

        run.ExitCode.ShouldBe(ExitCodes.Unreachable);
        run.Notes.ShouldContain("could not be reached, and nothing was found out");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task An_interruption_deletes_what_was_made(bool duringACreate)
    {
        await using var didit = await SimulatorServer.StartAsync(settings: Probe.Plain);
        if (duringACreate)
        {
            didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.TimeoutAfterCreate, Skip = 4 });
        }

        using var http = new HttpClient();
        using var interrupt = new CancellationTokenSource();
        var options = new DiditOptions
        { ApiKey = Probe.ApiKey, BaseAddress = didit.Address, RequestsPerMinute = 600_000, AttemptTimeout = TimeSpan.FromMinutes(5) };
        var run = new ProbeRun(
            new(http, options, 500, TimeProvider.System), options, new(Probe.Workflow, Tries: 5, MostRequests: 500, Keep: false),
            TimeProvider.System);
        var running = run.RunAsync(
            step =>
            {
                if (!duringACreate && step.StartsWith("The list", StringComparison.Ordinal))
                {
                    interrupt.Cancel();
                }
            },
            interrupt.Token);
        if (duringACreate)
        {
            await Eventually.UntilAsync(
                () => Task.FromResult(didit.State.Requests.Any(request => request is { Fault: not null, SessionId: not null })),
                TimeSpan.FromSeconds(30), "a create that hangs");
            await interrupt.CancelAsync();
        }

        var report = await running;

        report.StoppedBecause.ShouldBe("it was interrupted");
        didit.State.Sessions.ShouldNotBeEmpty();
        didit.State.Sessions.ShouldAllBe(session => session.Deleted);
        run.CleanedUp!.Left.ShouldBeEmpty();
        run.CleanedUp.Unknown.ShouldBeEmpty();
    }

    private static void NothingSecretShouldBeIn(string text, SimulatorServer didit)
    {
        text.ShouldNotContain(Probe.ApiKey);
        text.ShouldNotContain("verify.didit.me");
        didit.State.Sessions.ShouldNotBeEmpty();
        didit.State.Sessions.ShouldAllBe(session => !text.Contains(session.SessionToken) && !text.Contains(session.Url));
    }
}
