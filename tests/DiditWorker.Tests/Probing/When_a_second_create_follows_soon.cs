using DiditWorker.Operations.Probe;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Probing;

/// <summary>What four pairs of creates, 0 to 1,000 ms apart, tell of when a session is handed back.</summary>
public sealed class When_a_second_create_follows_soon
{
    private const string Same = "the same";
    private const string Another = "another";
    private const string NoHelp = "an inconclusive answer";

    [TestCase(Same, Same, Same, Same, 0)]
    [TestCase(Another, Same, Same, Same, 0.061)]
    [TestCase(Another, Another, Same, Same, 0.2)]
    [TestCase(Another, Another, Another, Same, 1)]
    public void It_is_handed_back_from_a_time_on(string first, string second, string third, string fourth, double after)
    {
        var finding = Judge(first, second, third, fourth);

        finding.Verdict.ShouldBe("measured");
        finding.Numbers!["after"].ShouldBe(after);
    }

    [Test]
    public void Or_not_within_a_second() => Judge(Another, Another, Another, Another).ShouldSatisfyAllConditions(
        finding => finding.Verdict.ShouldBe("never"), finding => finding.Numbers.ShouldBeNull());

    [TestCase(Same, Another, Same, Same)]
    [TestCase(Same, Same, Same, Another)]
    [TestCase(NoHelp, Same, Same, Same)]
    [TestCase(Another, Another, NoHelp, Same)]
    [TestCase(Another, Another, Another, NoHelp)]
    [TestCase(NoHelp, NoHelp, NoHelp, NoHelp)]
    public void Answers_that_contradict_each_other_or_are_missing_are_unclear(string first, string second, string third, string fourth) =>
        Judge(first, second, third, fourth).ShouldSatisfyAllConditions(
            finding => finding.Verdict.ShouldBe(Finding.Inconclusive), finding => finding.Numbers.ShouldBeNull());

    [Test]
    public void The_times_are_told() => Judge(Another, Another, Same, Same).Measured
        .ShouldBe("after 0 ms another, after 61 ms another, after 200 ms the same, after 1000 ms the same");

    private static Finding Judge(params string[] answers) => SoonExperiments.Judge([.. new[] { 0, 0.061, 0.2, 1 }.Zip(answers)]);
}
