using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Protocol;

/// <summary>Its next try, what the record says of it, and what the person reads in the end.</summary>
public sealed class When_an_attempt_has_failed
{
    private static readonly DateTimeOffset Now = Walk.Now;

    [TestCase(1, 0.5, 0.5)]
    [TestCase(2, 1, 1)]
    [TestCase(3, 2, 2)]
    [TestCase(4, 4, 4)]
    [TestCase(5, 5, 8)]
    [TestCase(9, 5, 128)]
    [TestCase(10, 5, 256)]
    [TestCase(11, 5, 300)]
    [TestCase(int.MaxValue, 5, 300)]
    [TestCase(0, 0.5, 0.5)]
    [TestCase(int.MinValue, 0.5, 0.5)]
    public void It_waits_twice_as_long_each_time_up_to_minutes_where_it_does_not_count(int attempts, double counted, double uncounted)
    {
        BackOff.Delay(attempts, counts: true).TotalSeconds.ShouldBe(counted);
        BackOff.Delay(attempts, counts: false).TotalSeconds.ShouldBe(uncounted);
    }

    [Test]
    public void The_record_says_how_many_there_were_why_the_last_failed_and_when_the_next_is()
    {
        var walk = Walk.To(Stage.Creating).Fails(ReplyKind.Ambiguous, "500", counts: true);

        walk.Effect.ShouldBe(new Effect(EffectKind.Release) { Release = ReleaseMode.Keep, Note = new(1, "500", Now, Now.AddSeconds(0.5)) });
        walk.Then(EventKind.Released).Effect.ShouldBe(new Effect(EffectKind.BackOff, "500") { Delay = TimeSpan.FromSeconds(0.5) });
    }

    [Test]
    public void The_attempts_of_all_deliveries_are_counted_together()
    {
        var record = Walk.Record(note: new(41, "500", Now.AddMinutes(-9), Now.AddMinutes(-4)));

        var walk = Walk.Claimed(record).Then(EventKind.Entered).Then(MatchKind.None).Then(EventKind.Entered);
        walk.State.Attempts.ShouldBe(42);
        walk.Fails(ReplyKind.Ambiguous, "502", counts: false).Effect.Note.ShouldBe(new AttemptNote(42, "502", Now, Now.AddMinutes(5)));
    }

    [TestCase(ReplyKind.NotSent, false, ReleaseMode.Forget)]
    [TestCase(ReplyKind.NotSent, true, ReleaseMode.Keep)]
    [TestCase(ReplyKind.Strange, false, ReleaseMode.Forget)]
    [TestCase(ReplyKind.Ambiguous, false, ReleaseMode.Uncounted)]
    [TestCase(ReplyKind.Ambiguous, true, ReleaseMode.Keep)]
    [TestCase(ReplyKind.Conflict, false, ReleaseMode.Uncounted)]
    public void A_key_is_forgotten_only_if_nothing_was_sent(ReplyKind kind, bool counts, ReleaseMode release) =>
        Walk.To(Stage.Creating).Fails(kind, "x", counts).Effect.Release.ShouldBe(release);

    [Test]
    public void After_a_409_it_looks_for_the_original_whatever_is_trusted()
    {
        var walk = Walk.To(Stage.Creating, Walk.Settings with { Lookup = LookupBeforeResend.Never })
            .Fails(ReplyKind.Conflict, "409", counts: false).Then(EventKind.Released).Then(EventKind.Waited);

        walk.Claims(Walk.Record()).Effect.ShouldBe(new Effect(EffectKind.Enter) { Operation = Operation.Read });
    }

    [Test]
    public void A_409_of_a_look_up_is_no_conflict() =>
        Walk.To(Stage.LookingUp).Fails(ReplyKind.Conflict, "409", counts: false).State.Conflicted.ShouldBeFalse();

    [Test]
    public void A_look_up_that_fails_sends_nothing() =>
        Walk.To(Stage.LookingUp).Fails(ReplyKind.Ambiguous, "500", counts: false).State.LastSent.ShouldBeNull();

    [Test]
    public void Another_delivery_waits_for_the_next_try_too()
    {
        var note = new AttemptNote(3, "500", Now.AddSeconds(-1), Now.AddSeconds(1));

        var walk = Walk.Claimed(Walk.Record(note: note));
        walk.State.Decision.Choice.ShouldBe(Choice.WaitForNextTry);
        walk.Effect.Release.ShouldBe(ReleaseMode.Forget);
        walk.Then(EventKind.Released)
            .Effect.ShouldBe(new Effect(EffectKind.BackOff, "it failed a moment ago")
            {
                Delay = TimeSpan.FromSeconds(1), Operation = Operation.Read,
            });
    }

    // What it would do next is what another one's success ends the wait for.
    [TestCase(LookupBeforeResend.Always, Operation.Read)]
    [TestCase(LookupBeforeResend.EveryCreate, Operation.Read)]
    [TestCase(LookupBeforeResend.OutsideWindow, Operation.Create)]
    [TestCase(LookupBeforeResend.Never, Operation.Create)]
    public void It_waits_for_the_success_of_what_it_would_do_next(LookupBeforeResend lookup, Operation expected) =>
        Walk.Claimed(Walk.Record(note: new(9, "500", Now, Now.AddMinutes(2))), Walk.Settings with { Lookup = lookup })
            .Then(EventKind.Released).Effect.Operation.ShouldBe(expected);

    // After an outage it is woken by the end of the pause, and turned away by the ramp that follows.
    [Test]
    public void One_that_has_waited_and_is_turned_away_need_not_wait_again()
    {
        var record = Walk.Record(note: new(9, "500", Now, Now.AddMinutes(2)));

        var walk = Walk.Claimed(record).Then(EventKind.Released).Then(EventKind.Waited).Claims(record)
            .Then(EventKind.TurnedAway).Then(EventKind.Released).Then(EventKind.Entered).Claims(record);

        walk.State.Decision.Choice.ShouldBe(Choice.LookUpThenCreate);
    }

    // The clock of the other host may be ahead, or a pause may have ended before.
    [Test]
    public void But_only_once_for_the_same_failure()
    {
        var record = Walk.Record(note: new(3, "500", Now.AddSeconds(-1), Now.AddMinutes(4)));

        var waited = Walk.Claimed(record).Then(EventKind.Released).Then(EventKind.Waited).Claims(record);
        waited.State.Decision.Choice.ShouldBe(Choice.LookUpThenCreate);

        var another = Walk.Record(note: new(4, "500", Now, Now.AddMinutes(4)));
        Walk.Claimed(record).Then(EventKind.Released).Then(EventKind.Waited).Claims(another)
            .State.Decision.Choice.ShouldBe(Choice.WaitForNextTry);
    }

    [TestCase(0, Choice.LookUpThenCreate)]
    [TestCase(1, Choice.WaitForNextTry)]
    [TestCase(300_000, Choice.WaitForNextTry)]
    [TestCase(300_001, Choice.LookUpThenCreate)]
    public void A_next_try_that_is_due_or_that_no_worker_can_mean_holds_nobody(int milliseconds, Choice outcome) =>
        Walk.Claimed(Walk.Record(note: new(3, "500", Now.AddHours(-1), Now.AddMilliseconds(milliseconds))))
            .State.Decision.Choice.ShouldBe(outcome);

    [Test]
    public void One_that_waits_for_a_turn_has_waited_after_no_failure()
    {
        var note = new AttemptNote(3, "500", Now.AddSeconds(-9), Now.AddSeconds(-1));
        var walk = Walk.Claimed(Walk.Record(note: note)).Then(EventKind.TurnedAway).Then(EventKind.Released);

        walk.Effect.ShouldBe(new Effect(EffectKind.AwaitTurn, "requests to Didit pause") { Operation = Operation.Read });
        walk.State.WaitedAfter.ShouldBeNull();
    }

    [Test]
    public void Parked_it_says_what_the_last_error_was_and_a_replay_need_not_wait()
    {
        var note = new AttemptNote(81, "Didit answered 500", Now.AddSeconds(-1), Now.AddMinutes(4));

        var walk = Walk.Claimed(Walk.Record(attempts: 10, note: note));
        walk.Effect.ShouldBe(new Effect(EffectKind.Release) { Release = ReleaseMode.Reset, Note = note with { NextTry = note.LastAt } });
        var end = walk.Then(EventKind.Released).Effect;
        end.Rejection.ShouldBe(Rejection.AttemptsExhausted);
        end.Reason.ShouldBe(
            "10 attempts failed while others succeeded, or died with their worker; 81 attempts in all, the last one ended with: Didit "
                + "answered 500");
    }

    [Test]
    public void Parked_without_a_note_it_says_how_many_there_were()
    {
        var walk = Walk.Claimed(Walk.Record(attempts: 10));

        walk.Effect.Note.ShouldBeNull();
        walk.Then(EventKind.Released).Effect.Reason.ShouldBe("10 attempts failed while others succeeded, or died with their worker");
    }
}
