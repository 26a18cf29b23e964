using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Protocol;

[Parallelizable(ParallelScope.All)]
public sealed class When_every_interleaving_is_tried
{
    public static IEnumerable<TestCaseData> Promised() => Scenarios.Promised.Select(s => new TestCaseData(s.Name));

    [TestCaseSource(nameof(Promised))]
    public void What_is_promised_holds_in_every_state(string name)
    {
        var exploration = Explorer.Explore(Scenarios.Promised.Single(s => s.Name == name));

        TestContext.Out.WriteLine(exploration);
        exploration.Broken.ShouldBeNull(exploration.ToString());
    }
}
