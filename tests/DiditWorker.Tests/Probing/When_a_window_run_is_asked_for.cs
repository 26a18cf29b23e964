using DiditWorker.Operations.Probe;
using DiditWorker.Operations.Terminal;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Probing;

public sealed class When_a_window_run_is_asked_for : WindowTest
{
    [Test]
    public async Task Without_yes_it_says_what_it_would_do_and_does_nothing()
    {
        (await RunAfterAsync(0, yes: false)).ShouldBe(0);

        Text.ShouldContain("Would measure, with --yes: " + Address.GetLeftPart(UriPartial.Authority));
        Text.ShouldContain("Makes 3 sessions at most");
        Text.ShouldContain("Sends 21 requests at most");
        Text.ShouldContain("sandbox");
        Didit.Requests.ShouldBeEmpty();
        File.Exists(WindowFile).ShouldBeFalse();
    }

    [Test]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Its_file_is_for_its_owner_and_holds_no_secret()
    {
        await RunAfterAsync(0);

        File.GetUnixFileMode(WindowFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var text = await File.ReadAllTextAsync(WindowFile);
        text.ShouldNotContain("planted-key");
        Didit.Sessions.ShouldAllBe(session => !text.Contains(session.SessionToken));
    }

    [Test]
    public async Task The_finding_goes_into_the_report_in_place_of_the_one_before()
    {
        var report = InFolder("report.json");
        await ProbeReportFile.WriteAsync(report, Reports.Good with { Address = Address.ToString() });
        await RunAfterAsync(0);

        (await RunAfterAsync(1, report)).ShouldBe(0);

        var merged = ProbeReportFile.Read(report);
        merged.Findings.Count.ShouldBe(Reports.Good.Findings.Count);
        var finding = merged.Find(FindingIds.HeaderWindow)!;
        finding.Verdict.ShouldBe("measured");
        finding.Numbers!["atLeast"].ShouldBe(0);
        finding.Numbers["atMost"].ShouldBe(3601, 5);
    }

    [Test]
    public async Task A_report_that_is_missing_or_about_another_address_is_refused_before_anything_is_sent()
    {
        var report = InFolder("report.json");
        (await RefusedAsync(report)).ShouldContain("it does not exist");
        await ProbeReportFile.WriteAsync(report, Reports.Good);
        (await RefusedAsync(report)).ShouldContain("is about https://verification.didit.me");
    }

    [Test]
    public async Task A_file_that_is_broken_or_about_something_else_is_refused()
    {
        await File.WriteAllTextAsync(WindowFile, """{"version":1,"address":"x"}""");
        (await RefusedAsync(null, before: false)).ShouldContain("a file of diditworker probe --window");
        var entry = new WindowEntry("a", "b");
        await WindowMemory.WriteAsync(WindowFile, new(1, Address.ToString(), Workflow, [entry with { Key = "a\nx-other: 1" }]));
        (await RefusedAsync(null, before: false)).ShouldContain("none that this program makes");
        await WindowMemory.WriteAsync(WindowFile, new(1, "https://verification.didit.me", Workflow, [entry]));
        (await RefusedAsync(null)).ShouldContain("Name another file");
        await WindowMemory.WriteAsync(WindowFile, new(1, Address.ToString(), "11111111-2222-4333-8444-000000000000", [entry]));
        (await RefusedAsync(null)).ShouldContain("was begun with workflow");
    }

    [Test]
    public async Task A_workflow_is_needed() =>
        (await Should.ThrowAsync<CommandException>(() => RunAfterAsync(0, workflow: null)))
            .Message.ShouldContain("--workflow-id is required");

    private async Task<string> RefusedAsync(string? report, bool before = true)
    {
        var text = before && File.Exists(WindowFile) ? await File.ReadAllTextAsync(WindowFile) : null;
        var refused = await Should.ThrowAsync<CommandException>(() => RunAfterAsync(0, report));
        refused.ExitCode.ShouldBe(ExitCodes.WrongUsage);
        Didit.Requests.ShouldBeEmpty();
        (before && File.Exists(WindowFile) ? await File.ReadAllTextAsync(WindowFile) : null).ShouldBe(text);
        return refused.Message;
    }
}
