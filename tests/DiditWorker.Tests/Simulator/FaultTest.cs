using DiditWorker.Simulator;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

/// <summary>One fault, which takes one create.</summary>
public abstract class FaultTest : SimulatorTest
{
    protected void Script(FaultKind kind, Func<FaultRule, FaultRule>? with = null)
    {
        var rule = new FaultRule { Operation = DiditOperation.Create, Kind = kind, Count = 1 };
        State.AddFault(with is null ? rule : with(rule));
    }

    protected void ShouldBeLogged(FaultKind kind, int status, bool made)
    {
        var entry = State.Requests.Single();
        (entry.Fault, entry.Status, entry.Made).ShouldBe((kind, status, made));
        State.Sessions.Count.ShouldBe(made ? 1 : 0);
    }
}
