using DiditWorker.Operations.Probe;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Probing;

/// <summary>What people read of a report: the conclusion first.</summary>
public sealed class When_a_probe_is_told
{
    private const string Setting = "Didit:LookupBeforeResend";

    [Test]
    public void A_didit_that_was_not_reached_is_one_sentence_and_no_table()
    {
        var report = Reports.Good with
        {
            StoppedBecause = "Didit does not answer",
            Findings = [Reports.Found(FindingIds.Reuse, Finding.Inconclusive)],
        };

        Told(report, width: null, isUnreachable: true).TrimEnd().ShouldBe(
            "Didit at https://verification.didit.me could not be reached, and nothing was found out. Check Didit:BaseAddress, and whether "
            + "this machine may connect there.");
    }

    [Test]
    public void Nor_has_a_stop_before_the_first_finding_a_table()
    {
        var report = Reports.Good with
        {
            StoppedBecause = "401: Didit refuses the API key",
            Findings = [Reports.Found(FindingIds.Clock, Finding.Inconclusive)],
        };

        Told(report, width: null).TrimEnd().ShouldBe(
            "Nothing was found out at https://verification.didit.me. Stopped: 401: Didit refuses the API key.");
    }

    [Test]
    public void The_conclusion_names_what_is_inconclusive_what_is_a_warning_and_a_stop()
    {
        var report = Reports.With(Reports.Found(FindingIds.ListLag, Finding.Inconclusive)) with { StoppedBecause = "it was interrupted" };
        report = report with
        {
            Findings = [.. report.Findings, Reports.Found(FindingIds.Reuse, "created") with { Follows = "warning: two sessions" }],
        };

        Told(report, width: null).Split('\n')[0].ShouldBe(
            "7 things were found out at https://verification.didit.me. Inconclusive: list.lag. Warnings: reuse. Stopped: it was "
            + "interrupted.");
    }

    [TestCase(80)]
    [TestCase(100)]
    [TestCase(200)]
    public void No_line_is_wider_and_no_name_is_broken(int width)
    {
        var words = Told(Reports.Good, width).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

        words.ShouldContain(Setting);
        words.ShouldContain(FindingIds.DecisionMetadata);
        Told(Reports.Good, width).Split('\n').ShouldAllBe(line => line.Length <= width);
    }

    [Test]
    public void In_a_pipe_a_finding_and_a_setting_are_a_line_each()
    {
        var lines = Told(Reports.Good, width: null).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        lines.Length.ShouldBe(1 + (1 + Reports.Good.Findings.Count) + (1 + 2));
    }

    private static string Told(ProbeReport report, int? width, bool isUnreachable = false)
    {
        var text = new StringWriter();
        report = report with
        {
            Recommendations = [.. report.Recommendations, new(Setting, "Always", "a repeated key makes another session")],
        };
        ProbeView.Print(report, ProbeView.Conclusion(report, isUnreachable), new(text, TextWriter.Null, width));
        return text.ToString();
    }
}
