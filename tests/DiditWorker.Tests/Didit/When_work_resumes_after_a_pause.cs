using DiditWorker.Didit;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_work_resumes_after_a_pause
{
    private readonly FakeTimeProvider time = new();
    private Availability availability = null!;

    [SetUp]
    public void PauseAndProbe()
    {
        availability = new(time, NoMetrics.Create());
        availability.PauseFor(TimeSpan.FromSeconds(5), PauseReasons.CircuitOpen, "test");
        time.Advance(TimeSpan.FromSeconds(5));
        availability.TryEnter(out var probe).ShouldBeTrue();
        availability.CreateAnswered();
        probe.Dispose();
    }

    [Test]
    public void Few_may_go_at_first() => Enter().Count.ShouldBe(2);

    [Test]
    public void Each_success_admits_one_more()
    {
        foreach (var turn in Enter())
        {
            availability.CreateAnswered();
            turn.Dispose();
        }

        Enter().Count.ShouldBe(4);
    }

    [Test]
    public void After_enough_successes_nobody_is_held()
    {
        for (var i = 0; i < 64; i++)
        {
            availability.CreateAnswered();
        }

        Enter().Count.ShouldBe(1000);
    }

    [Test]
    public async Task Who_must_wait_goes_on_when_another_one_leaves()
    {
        var turns = Enter();
        var waiting = availability.WaitAsync(CancellationToken.None);
        waiting.IsCompleted.ShouldBeFalse();

        turns[0].Dispose();

        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        availability.TryEnter(out _).ShouldBeTrue();
    }

    private List<Availability.Turn> Enter()
    {
        var turns = new List<Availability.Turn>();
        while (turns.Count < 1000 && availability.TryEnter(out var turn))
        {
            turns.Add(turn);
        }

        return turns;
    }
}
