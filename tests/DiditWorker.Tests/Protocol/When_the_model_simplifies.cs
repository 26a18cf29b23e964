using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Protocol;

/// <summary>
/// The model leaves out of a delivery's state what no later step reads. That is true only as long as the protocol does not read it.
/// </summary>
public sealed class When_the_model_simplifies
{
    public static IEnumerable<TestCaseData> Promised() => Scenarios.Promised.Select(scenario => new TestCaseData(scenario.Name));

    // With one delivery at a time every step of the protocol is still taken.
    [TestCaseSource(nameof(Promised))]
    public void The_protocol_does_the_same_with_what_is_left_out(string name)
    {
        var scenario = Scenarios.Promised.Single(s => s.Name == name);
        var budget = scenario.Budget with
        {
            Crashes = 0,
            Timeouts = Math.Min(1, scenario.Budget.Timeouts),
            Outages = Math.Min(1, scenario.Budget.Outages),
        };

        Explorer.Explore(scenario with { ChecksPlain = true, Workers = 1, Budget = budget }).Broken.ShouldBeNull();
    }
}
