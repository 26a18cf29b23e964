using DiditWorker.Didit;
using DiditWorker.Protocol;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

/// <summary>Creates stop until a person says otherwise: no time, probe or success ends that.</summary>
public sealed class When_an_operator_pauses
{
    private static readonly IdempotencyKey Key = IdempotencyKey.Create("start-verification", "order-1");

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));
    private Gate _gate = null!;
    private Pause _order = null!;

    [SetUp]
    public void Order()
    {
        _gate = new(_time);
        _order = new(PauseReasons.Operator, "the workflow is being changed", _time.GetUtcNow(), _time.GetUtcNow().AddMinutes(1));
        _gate.Hold(PauseReasons.Operator, _order);
    }

    [Test]
    public void Nobody_may_send_however_long_it_lasts()
    {
        _time.Advance(TimeSpan.FromDays(1));

        _gate.TryEnter(default, out _).ShouldBeFalse();
        (_gate.IsHeld, _gate.Current).ShouldBe((true, _order));
    }

    [Test]
    public void A_request_that_succeeds_meanwhile_does_not_end_it()
    {
        _gate.Succeeded(_time.GetUtcNow().AddSeconds(1));

        _gate.TryEnter(default, out _).ShouldBeFalse();
        _gate.Current.ShouldBe(_order);
    }

    [Test]
    public void It_goes_before_a_pause_of_the_workers_own_which_is_there_afterwards()
    {
        _gate.Close(TimeSpan.FromSeconds(30), PauseReasons.CircuitOpen, "", _time.GetUtcNow());
        _gate.Current.ShouldBe(_order);

        _gate.Hold(PauseReasons.Operator, null);

        _gate.Current!.Reason.ShouldBe(PauseReasons.CircuitOpen);
        _gate.TryEnter(default, out _).ShouldBeFalse();
    }

    [Test]
    public void A_budget_that_is_used_up_holds_them_as_well_and_each_ends_by_itself()
    {
        var budget = _order with { Reason = PauseReasons.Budget };
        _gate.Hold(PauseReasons.Budget, budget);
        _gate.Current.ShouldBe(_order);

        _gate.Hold(PauseReasons.Operator, null);
        (_gate.IsHeld, _gate.Current).ShouldBe((true, budget));
        _gate.TryEnter(default, out _).ShouldBeFalse();

        _gate.Hold(PauseReasons.Budget, null);
        (_gate.IsHeld, _gate.Current).ShouldBe((false, null));
        _gate.TryEnter(default, out _).ShouldBeTrue();
    }

    [Test]
    public async Task Afterwards_those_that_waited_follow_on_a_ramp()
    {
        var waiting = Enumerable.Range(0, 5).Select(_ => _gate.EnterAsync(default, CancellationToken.None)).ToList();
        var reopened = _gate.Reopened;

        _gate.Hold(PauseReasons.Operator, null);
        await reopened;

        SpinWait.SpinUntil(() => waiting.Count(task => task.IsCompletedSuccessfully) == 2, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        _gate.TryEnter(new(255), out _).ShouldBeFalse();
        _gate.Current.ShouldBeNull();
        _gate.Succeeded(_time.GetUtcNow());
    }

    [Test]
    public async Task One_that_waited_for_its_place_in_the_rate_meanwhile_is_turned_away()
    {
        await using var didit = new StubbedDidit(_ => StubbedDidit.Reply(201, "{}"u8.ToArray()));
        await using var work = didit.Work(Key);
        didit.Pipeline.Creates.Gate.Hold(PauseReasons.Operator, _order);

        (await didit.Steps.CreateAsync(work, new(EffectKind.Create), CancellationToken.None)).Kind.ShouldBe(EventKind.TurnedAway);

        didit.Requests.ShouldBe(0);
    }
}
