using DiditWorker.Didit;
using DiditWorker.Protocol;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_work_resumes_after_a_pause
{
    private FakeTimeProvider _time = null!;
    private Gate _gate = null!;

    [SetUp]
    public void PauseAndProbe()
    {
        _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        _gate = new(_time);
        Pause();
        _gate.TryEnter(default, out var probe).ShouldBeTrue();
        _gate.Succeeded(_time.GetUtcNow());
        probe.Dispose();
    }

    [Test]
    public void Few_may_go_at_first() => Enter().Count.ShouldBe(2);

    [Test]
    public void Each_success_admits_one_more()
    {
        foreach (var turn in Enter())
        {
            _gate.Succeeded(_time.GetUtcNow());
            turn.Dispose();
        }

        Enter().Count.ShouldBe(4);
    }

    [Test]
    public void A_success_that_was_asked_for_before_the_pause_admits_nobody()
    {
        _gate.Succeeded(_time.Start - TimeSpan.FromSeconds(1));

        Enter().Count.ShouldBe(2);
    }

    [Test]
    public void After_enough_successes_nobody_is_held()
    {
        for (var i = 0; i < 64; i++)
        {
            _gate.Succeeded(_time.GetUtcNow());
        }

        Enter().Count.ShouldBe(1000);
    }

    [Test]
    public void The_next_pause_lets_one_probe_again()
    {
        Enter().Count.ShouldBe(2);
        Pause();

        Enter().Count.ShouldBe(1);
    }

    // Only look-ups met the outage: what they let through would come at once.
    [Test]
    public void What_waited_behind_another_pause_follows_on_a_ramp_too()
    {
        var behind = new Gate(_time);

        behind.Ramp(_time.GetUtcNow());

        Count(behind).ShouldBe(2);
    }

    [Test]
    public void Unless_it_has_worked_meanwhile()
    {
        var behind = new Gate(_time);
        behind.Succeeded(_time.GetUtcNow());

        behind.Ramp(_time.GetUtcNow() - TimeSpan.FromSeconds(1));

        Count(behind).ShouldBe(1000);
    }

    [Test]
    public void A_pause_of_look_ups_that_is_over_makes_creates_follow_on_a_ramp()
    {
        var options = new DiditOptions { ApiKey = "k" };
        var reads = new DiditEndpoint(Operation.Read, options, _time);
        var creates = new Gate(_time);
        reads.OnReopened = creates.Ramp;
        reads.OpenCircuit(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(5));
        Count(creates).ShouldBe(1000);

        reads.Judge(default, new(ReplyKind.Answered, ""), _time.GetUtcNow(), _time.Start, ownWorkflow: false);

        Count(creates).ShouldBe(2);
    }

    [Test]
    public async Task Who_must_wait_goes_on_when_another_one_leaves()
    {
        var turns = Enter();
        var waiting = _gate.EnterAsync(default, CancellationToken.None);
        waiting.IsCompleted.ShouldBeFalse();

        turns[0].Dispose();

        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        _gate.TryEnter(default, out _).ShouldBeFalse("the place is taken by the one that waited");
    }

    private void Pause()
    {
        _gate.Close(TimeSpan.FromSeconds(5), PauseReasons.CircuitOpen, "test", _time.GetUtcNow());
        _time.Advance(TimeSpan.FromSeconds(5));
    }

    private static int Count(Gate behind) => Enumerable.Range(0, 1000).Count(_ => behind.TryEnter(default, out var _));

    private List<Gate.Turn> Enter()
    {
        var turns = new List<Gate.Turn>();
        while (turns.Count < 1000 && _gate.TryEnter(default, out var turn))
        {
            turns.Add(turn);
        }

        return turns;
    }
}
