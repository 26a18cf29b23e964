using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Protocol;

public sealed class When_a_deadline_is_over
{
    private static readonly DateTimeOffset Deadline = Walk.Now.AddSeconds(30);
    private static readonly DateTimeOffset After = Deadline.AddSeconds(1);

    [Test]
    public void What_was_never_sent_is_answered_Expired_and_its_key_given_back()
    {
        var (state, effect) = Claimed(Begin(), After, record: null);

        effect.ShouldBe(new Effect(EffectKind.Release) { Release = ReleaseMode.Forget });
        Next(state, EventKind.Released, After).Effect.Rejection.ShouldBe(Rejection.Expired);
    }

    [Test]
    public void At_the_very_moment_it_is_over() =>
        Claimed(Begin(), Deadline, record: null).State.Decision.Choice.ShouldBe(Choice.RejectExpired);

    [Test]
    public void A_moment_before_it_is_not() =>
        Claimed(Begin(), Deadline.AddTicks(-1), record: null).State.Decision.Choice.ShouldBe(Choice.Create);

    [TestCase(LookupBeforeResend.Always, Choice.LookUpThenExpire)]
    [TestCase(LookupBeforeResend.EveryCreate, Choice.LookUpThenExpire)]
    [TestCase(LookupBeforeResend.OutsideWindow, Choice.LookUpThenExpire)]
    [TestCase(LookupBeforeResend.Never, Choice.ParkAmbiguous)]
    public void An_earlier_attempt_is_looked_for_and_never_repeated(LookupBeforeResend lookup, Choice expected) =>
        Claimed(Begin(), After, Walk.Record(), lookup).State.Decision.Choice.ShouldBe(expected);

    [TestCase(MatchKind.None)]
    [TestCase(MatchKind.HandedBack)]
    public void Without_a_session_of_it_it_is_answered_Expired(MatchKind found)
    {
        var (state, effect) = LookedUp(found);

        effect.Kind.ShouldBe(EffectKind.Release);
        Next(state, EventKind.Released, After).Effect.Rejection.ShouldBe(Rejection.Expired);
    }

    [Test]
    public void Its_session_is_adopted() => LookedUp(MatchKind.Adopt).Effect.Kind.ShouldBe(EffectKind.Complete);

    [Test]
    public void Several_are_for_a_person_to_decide()
    {
        var (state, _) = LookedUp(MatchKind.Several);

        Next(state, EventKind.Released, After).Effect.Rejection.ShouldBe(Rejection.AmbiguousSession);
    }

    [Test]
    public void A_create_is_not_sent_after_it()
    {
        var (state, _) = Claimed(Begin(), Walk.Now, record: null);
        var (creating, create) = Next(state, EventKind.Entered, Walk.Now);
        create.NotAfter.ShouldBe(Deadline);

        var (late, release) = Next(creating, EventKind.TooLate, After);

        release.Release.ShouldBe(ReleaseMode.Forget);
        Next(late, EventKind.Released, After).Effect.Kind.ShouldBe(EffectKind.Claim);
    }

    [Test]
    public void A_wait_for_a_pause_to_end_ends_with_it_and_another_one_does_not()
    {
        var (state, _) = Claimed(Begin(), Walk.Now, record: null);
        var (turned, _) = Next(state, EventKind.TurnedAway, Walk.Now);
        Next(turned, EventKind.Released, Walk.Now).Effect.NotAfter.ShouldBe(Deadline);

        var (looking, _) = Claimed(Begin(), After, Walk.Record());
        (turned, _) = Next(looking, EventKind.TurnedAway, After);

        Next(turned, EventKind.Released, After).Effect.NotAfter.ShouldBeNull("it has to look, however long that takes");
    }

    private static DeliveryState Begin() => VerificationProtocol.Begin(
        new Evidence(Walk.Record().Fingerprint, Walk.Now, MaybeAttempted: false) { Deadline = Deadline }, Walk.Now);

    private static (DeliveryState State, Effect Effect) Claimed(
        DeliveryState state, DateTimeOffset now, IdempotencyRecord? record, LookupBeforeResend lookup = LookupBeforeResend.Always) =>
        VerificationProtocol.Next(
            state, new(EventKind.Claimed, now)
            {
                Memory = new(Available: true, record, Owned: true) { At = now, Horizon = DateTimeOffset.UnixEpoch },
            },
            Walk.Settings with { Lookup = lookup });

    private static (DeliveryState State, Effect Effect) LookedUp(MatchKind found)
    {
        var (state, _) = Claimed(Begin(), After, Walk.Record());
        (state, _) = Next(state, EventKind.Entered, After);
        return VerificationProtocol.Next(
            state with { LooksAgain = false },
            new(EventKind.LookedUp, After) { Match = new(found, []), Session = found == MatchKind.Adopt ? Walk.Session : null },
            Walk.Settings);
    }

    private static (DeliveryState State, Effect Effect) Next(DeliveryState state, EventKind kind, DateTimeOffset now) =>
        VerificationProtocol.Next(state, new(kind, now), Walk.Settings);
}
