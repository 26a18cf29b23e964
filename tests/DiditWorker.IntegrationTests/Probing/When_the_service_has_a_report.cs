using DiditWorker.IntegrationTests.Support;
using DiditWorker.Operations.Probe;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Probing;

public sealed class When_the_service_has_a_report
{
    private const string Warning = "The report of the probe and the settings: ";

    [Test]
    public async Task It_warns_once_at_start_of_each_setting_that_trusts_more_than_was_measured()
    {
        var warnings = (await OutputWithAsync("ignored")).Split('\n').Where(line => line.Contains(Warning, StringComparison.Ordinal))
            .ToList();
        warnings.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            line => line.ShouldContain("\"EventId\":5"), line => line.ShouldContain("\"LogLevel\":\"Warning\""),
            line => line.ShouldContain("Didit:LookupBeforeResend = OutsideWindow"), line => line.ShouldContain("set it to Always"));
    }

    [Test]
    public async Task It_has_nothing_to_say_of_settings_that_trust_no_more_than_that()
    {
        (await OutputWithAsync("honoured")).ShouldNotContain(Warning);
    }

    [Test]
    public async Task It_does_not_start_with_a_broken_one()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("report.json"), """{"version":2}""");
        await using var worker = WorkerProcess.Start(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Didit:ApiKey"] = "k", ["Didit:ProbeReportFile"] = folder.File("report.json"),
        });

        (await worker.ExitAsync()).ShouldBe(78);
        worker.Output.ShouldContain("Didit:ProbeReportFile = ");
        worker.Output.ShouldContain("in format version 2; this program reads version 1");
    }

    // From its start to its end, with a report of this verdict on a repeated key.
    private static async Task<string> OutputWithAsync(string verdict)
    {
        using var folder = new TemporaryFolder();
        await using var arena = await Arena.OpenAsync();
        arena.Settings["Didit:LookupBeforeResend"] = "OutsideWindow";
        arena.Settings["Didit:RequestsPerMinute"] = "300";
        arena.Settings["Didit:ProbeReportFile"] = folder.File("report.json");
        await ProbeReportFile.WriteAsync(folder.File("report.json"), Report(arena, verdict));
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        (await worker.TerminateAsync()).ShouldBe(0);
        return worker.Output;
    }

    private static ProbeReport Report(Arena arena, string headerRepeat) => new()
    {
        Version = ProbeReport.CurrentVersion,
        At = TimeProvider.System.GetUtcNow(),
        Address = arena.Didit.Address.ToString(),
        WorkflowId = Arena.Workflow,
        Requests = 1,
        StoppedBecause = null,
        Findings =
        [
            Found(FindingIds.HeaderRepeat, headerRepeat), Found(FindingIds.HeaderWindow, "measured", ("atLeast", 86_400)),
            Found(FindingIds.ListLag, "measured", ("max", 0.05)), Found(FindingIds.DecisionMetadata, "yes"),
            Found(FindingIds.RateHeaders, "some", ("limit", 300)),
        ],
        Recommendations = [],
    };

    private static Finding Found(string id, string verdict, params (string Name, double Value)[] numbers) =>
        new(id, verdict, "seen", numbers.ToDictionary(n => n.Name, n => n.Value, StringComparer.Ordinal));
}
