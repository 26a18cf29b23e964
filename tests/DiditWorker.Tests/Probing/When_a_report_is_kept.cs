using System.Text.Json;
using DiditWorker.Hosting;
using DiditWorker.Operations.Probe;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Hosting.Configured;

namespace DiditWorker.Tests.Probing;

public sealed class When_a_report_is_kept
{
    private DirectoryInfo _folder = null!;

    private string Path => System.IO.Path.Combine(_folder.FullName, "report.json");

    private static string Fixture
    {
        get
        {
            using var stream = typeof(When_a_report_is_kept).Assembly.GetManifestResourceStream("probe-report-v1.json")!;
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }

    [SetUp]
    public void Make() => _folder = Directory.CreateTempSubdirectory("diditworker-tests-");

    [TearDown]
    public void Remove() => _folder.Delete(recursive: true);

    [Test]
    public async Task It_comes_back_as_it_was()
    {
        await ProbeReportFile.WriteAsync(Path, Reports.Good);

        var read = ProbeReportFile.Read(Path);

        JsonSerializer.Serialize(read).ShouldBe(JsonSerializer.Serialize(Reports.Good));
        read.Find(FindingIds.ListLag)!.Numbers!["max"].ShouldBe(2);
    }

    [Test]
    public async Task Version_1_is_read_and_written_as_ever()
    {
        await File.WriteAllTextAsync(Path, Fixture);

        var report = ProbeReportFile.Read(Path);
        await ProbeReportFile.WriteAsync(Path, report);

        report.Requests.ShouldBe(57);
        report.Find(FindingIds.HeaderRepeat)!.Measured.ShouldBe("the same session \"again\"");
        report.Find(FindingIds.ListLag)!.Numbers!["max"].ShouldBe(1.25);
        report.Recommendations.ShouldHaveSingleItem().Setting.ShouldBe("Didit:LookupDelay");
        (await File.ReadAllTextAsync(Path)).ShouldBe(Fixture.TrimEnd());
    }

    [Test]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Only_its_owner_may_read_it_whoever_could_read_the_one_before()
    {
        await File.WriteAllTextAsync(Path, "old");
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        await ProbeReportFile.WriteAsync(Path, Reports.Good);

        File.GetUnixFileMode(Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _folder.GetFiles().ShouldHaveSingleItem();
    }

    [Test]
    public async Task A_report_that_cannot_be_written_leaves_the_old_one_and_nothing_else()
    {
        await ProbeReportFile.WriteAsync(Path, Reports.Good);
        var before = await File.ReadAllTextAsync(Path);

        // No JSON can hold it, so that the writing ends half-way.
        await Should.ThrowAsync<ArgumentException>(
            () => ProbeReportFile.WriteAsync(Path, Reports.With(Reports.Found(FindingIds.Clock, "measured", ("seconds", double.NaN)))));

        (await File.ReadAllTextAsync(Path)).ShouldBe(before);
        _folder.GetFiles().ShouldHaveSingleItem();
    }

    [TestCase("", "it is no JSON")]
    [TestCase("{\"version\":1,", "it is no JSON")]
    [TestCase("[]", "names no format version")]
    [TestCase("{}", "names no format version")]
    [TestCase("{\"version\":\"1\"}", "names no format version")]
    [TestCase("{\"version\":2}", "in format version 2; this program reads version 1")]
    [TestCase("{\"version\":1}", "'findings'")]
    public async Task What_is_no_report_is_refused_with_the_reason(string text, string reason)
    {
        await File.WriteAllTextAsync(Path, text);

        Should.Throw<FormatException>(() => ProbeReportFile.Read(Path)).Message.ShouldContain(reason);
    }

    [TestCase("\"requests\": 57", "\"requests\": \"many\"")]
    [TestCase("\"address\": \"https://verification.didit.me\"", "\"address\": null")]
    [TestCase("\"stoppedBecause\": null,", "")]
    [TestCase("\"verdict\": \"honoured\",", "")]
    [TestCase("\"verdict\": \"honoured\"", "\"verdict\": null")]
    [TestCase("\"max\": 1.25", "\"max\": \"long\"")]
    [TestCase("\"findings\": [", "\"findings\": [ null,")]
    [TestCase("\"recommendations\": [", "\"recommendations\": [ null,")]
    public async Task A_report_with_something_broken_or_missing_is_refused(string part, string broken)
    {
        Fixture.ShouldContain(part);
        await File.WriteAllTextAsync(Path, Fixture.Replace(part, broken, StringComparison.Ordinal));

        Should.Throw<FormatException>(() => ProbeReportFile.Read(Path)).Message.ShouldContain("the report of a probe");
    }

    [Test]
    public async Task It_is_looked_at_with_the_settings()
    {
        await ProbeReportFile.WriteAsync(Path, Reports.Good);

        With(("Didit:ProbeReportFile", Path)).Didit.ProbeReportFile.ShouldBe(Path);
    }

    [Test]
    public async Task A_broken_or_missing_one_is_a_fault_of_the_configuration()
    {
        Fault("Didit:ProbeReportFile", Path)
            .ShouldBe($"Didit:ProbeReportFile = \"{Path}\": the file cannot be read: FileNotFoundException");

        await File.WriteAllTextAsync(Path, "{}");
        Fault("Didit:ProbeReportFile", Path)
            .ShouldBe($"Didit:ProbeReportFile = \"{Path}\": is not the report of a probe: it names no format version");
    }

    [Test]
    public void The_commands_do_without_it_since_one_of_them_makes_it() => Should.NotThrow(
        () => new ServiceCollection().AddWorkerOptions(Of(("Didit:ApiKey", "k"), ("Didit:ProbeReportFile", Path)))
            .BuildServiceProvider().Check());
}
