using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Protocol;

/// <summary>Single steps of the protocol, as an operator would tell them.</summary>
public sealed class When_one_step_follows_another
{
    private static readonly DateTimeOffset Now = Walk.Now;
    private static readonly ProtocolSettings Trusting = Walk.Settings with { Lookup = LookupBeforeResend.Never };
    private static readonly ProtocolSettings Proceeding = Walk.Settings with { WhenRedisUnavailable = WhenRedisUnavailable.Proceed };

    [Test]
    public void A_fresh_message_is_claimed_created_stored_and_answered()
    {
        var walk = Walk.Delivered();
        walk.Effect.ShouldBe(new Effect(EffectKind.Claim));
        walk = walk.Claims(null);
        walk.Effect.ShouldBe(new Effect(EffectKind.Enter) { Operation = Operation.Create });
        walk = walk.Then(EventKind.Entered);
        walk.Effect.ShouldBe(new Effect(EffectKind.Create));
        walk = Answered(walk);
        walk.Effect.ShouldBe(new Effect(EffectKind.Complete) { Session = Walk.Session, FirstAttempt = Now });
        walk = walk.Then(EventKind.Stored);
        walk.Effect.ShouldBe(new Effect(EffectKind.Answer) { Session = Walk.Session });
        walk.State.Stage.ShouldBe(Stage.Done);
    }

    [Test]
    public void One_that_may_have_been_attempted_is_looked_up_and_its_session_adopted()
    {
        var walk = Walk.Claimed(Walk.Record());
        walk.Effect.ShouldBe(new Effect(EffectKind.Enter) { Operation = Operation.Read });
        walk = walk.Then(EventKind.Entered);
        walk.Effect.ShouldBe(new Effect(EffectKind.LookUp) { NotBefore = Now.AddHours(-1) - Walk.Settings.Margin });
        walk = walk.Then(MatchKind.Adopt);
        walk.Effect.ShouldBe(new Effect(EffectKind.Complete) { Session = Walk.Session, FirstAttempt = Now.AddHours(-1) });
        walk.Then(EventKind.Stored).Effect.ShouldBe(new Effect(EffectKind.Answer) { Session = Walk.Session, Adopted = true });
    }

    [TestCase(MatchKind.None)]
    [TestCase(MatchKind.HandedBack)]
    public void It_is_created_if_no_session_is_found_or_one_that_is_handed_back(MatchKind found)
    {
        var walk = Walk.To(Stage.LookingUp).Then(found);

        walk.Effect.ShouldBe(new Effect(EffectKind.Enter) { Operation = Operation.Create });
        walk.Then(EventKind.Entered).Effect.ShouldBe(new Effect(EffectKind.Create));
    }

    [Test]
    public void It_is_parked_if_sessions_cannot_be_told_apart()
    {
        var walk = Walk.To(Stage.LookingUp).Then(MatchKind.Several);

        walk.Effect.ShouldBe(new Effect(EffectKind.Release) { Release = ReleaseMode.Reset });
        walk.Then(EventKind.Released).Effect.Rejection.ShouldBe(Rejection.AmbiguousSession);
    }

    [TestCase(MatchKind.NotReady)]
    [TestCase(MatchKind.Adopt)]
    public void A_session_without_its_url_is_looked_for_again_later(MatchKind found)
    {
        var walk = Walk.To(Stage.LookingUp).Then(new DeliveryEvent(EventKind.LookedUp, Now) { Match = new(found, []) });

        walk.Effect.Kind.ShouldBe(EffectKind.Release);
        walk.Then(EventKind.Released).Effect.Kind.ShouldBe(EffectKind.BackOff);
    }

    // Sent by this delivery a moment ago: Didit's list may not show it yet.
    [Test]
    public void A_look_up_waits_for_the_list_and_looks_again_before_it_believes_that_there_is_nothing()
    {
        var walk = Walk.To(Stage.Creating).Fails(ReplyKind.Ambiguous, "500", counts: false).Then(EventKind.Released).Then(EventKind.Waited)
            .Claims(Walk.Record()).Then(EventKind.Entered);
        walk.Effect.Delay.ShouldBe(Walk.Settings.LookupDelay);
        walk = walk.Then(MatchKind.None);
        walk.Effect.Kind.ShouldBe(EffectKind.LookUp);
        walk.Effect.Delay.ShouldBe(Walk.Settings.LookupDelay);
        walk.Then(MatchKind.None).Effect.Kind.ShouldBe(EffectKind.Enter);
        walk.Then(MatchKind.Adopt).Effect.Kind.ShouldBe(EffectKind.Complete);
    }

    [TestCase(MatchKind.Several, EffectKind.LookUp)]
    [TestCase(MatchKind.NotReady, EffectKind.LookUp)]
    [TestCase(MatchKind.HandedBack, EffectKind.Enter)]
    public void What_could_still_change_is_looked_at_again(MatchKind found, EffectKind effect) =>
        Walk.Delivered(maybeAttempted: true).Claims(null).Then(EventKind.Entered).Then(found).Effect.Kind.ShouldBe(effect);

    [Test]
    public void A_wait_for_the_list_is_only_as_long_as_it_lags()
    {
        var walk = Walk.Delivered(maybeAttempted: true).Claims(null).Then(new DeliveryEvent(EventKind.Entered, Now.AddSeconds(1.5)));
        walk.Effect.Delay.ShouldBe(TimeSpan.FromSeconds(0.5));
        Walk.Delivered(maybeAttempted: true).Claims(null).Then(new DeliveryEvent(EventKind.Entered, Now.AddSeconds(2)))
            .Effect.Delay.ShouldBe(TimeSpan.Zero);
    }

    [Test]
    public void Didits_refusal_is_stored_and_told()
    {
        var walk = Walk.To(Stage.Creating).Then(new DeliveryEvent(EventKind.Replied, Now)
        {
            Reply = new(ReplyKind.Refused, "no"), Verdict = new(Final: true, Works: true),
        });

        walk.Effect.ShouldBe(new Effect(EffectKind.Complete, "no") { FirstAttempt = Now });
        walk.Then(EventKind.Stored).Effect.ShouldBe(new Effect(EffectKind.Reject, "no") { Rejection = Rejection.RefusedByDidit });
    }

    // It goes on as after a lost reply: only a look-up tells.
    [Test]
    public void An_answer_without_a_session_is_no_answer()
    {
        var walk = Walk.To(Stage.Creating).Then(new DeliveryEvent(EventKind.Replied, Now) { Reply = new(ReplyKind.Answered, "x") });

        walk.Effect.Release.ShouldBe(ReleaseMode.Uncounted);
        walk.State.LastSent.ShouldBe(Now);
    }

    [TestCase(RecordState.Completed, "1.ours", EffectKind.AnswerFromRecord, default(Rejection))]
    [TestCase(RecordState.Refused, "1.ours", EffectKind.Reject, Rejection.RefusedByDidit)]
    [TestCase(RecordState.Completed, "1.theirs", EffectKind.Reject, Rejection.PayloadMismatch)]
    public void What_the_record_says_ends_it_at_once(RecordState state, string fingerprint, EffectKind effect, Rejection rejection)
    {
        var record = Walk.Record(state) with { Fingerprint = fingerprint };

        var walk = Walk.Delivered().Claims(record, owned: false);
        (walk.Effect.Kind, walk.Effect.Rejection, walk.State.Stage).ShouldBe((effect, rejection, Stage.Done));
        walk.Effect.Record.ShouldBe(fingerprint == "1.ours" ? record : null);
    }

    [Test]
    public void It_asks_again_while_another_owner_works_or_redis_is_away()
    {
        Walk.Delivered().Claims(Walk.Record(), owned: false).Effect.Kind.ShouldBe(EffectKind.Poll);
        var away = Walk.Delivered().Then(Unavailable);
        away.Effect.Kind.ShouldBe(EffectKind.Poll);
        away.Then(EventKind.Waited).Effect.Kind.ShouldBe(EffectKind.Claim);
    }

    [Test]
    public void Without_redis_it_goes_on_if_told_to_and_stores_nothing()
    {
        var walk = Walk.Delivered(Proceeding).Then(Unavailable).Then(EventKind.Entered);
        walk.Effect.Kind.ShouldBe(EffectKind.Create);
        Answered(walk).Then(EventKind.NotStored).Effect.ShouldBe(new Effect(EffectKind.Answer) { Session = Walk.Session });
    }

    [Test]
    public void An_answer_that_cannot_be_stored_is_kept_and_stored_later()
    {
        var walk = Answered(Walk.To(Stage.Creating)).Then(EventKind.NotStored);

        walk.Effect.Kind.ShouldBe(EffectKind.Poll);
        walk.Then(EventKind.Waited).Effect.ShouldBe(new Effect(EffectKind.Complete) { Session = Walk.Session, FirstAttempt = Now });
    }

    [Test]
    public void An_answer_that_another_owner_forestalled_is_remembered_as_one_too_many()
    {
        var walk = Answered(Walk.To(Stage.Creating)).Then(EventKind.Fenced);

        walk.Effect.ShouldBe(new Effect(EffectKind.Claim));
        walk.State.Unstored.ShouldBe(Walk.Session);
        walk.State.MaybeAttempted.ShouldBeTrue();
        walk.Claims(Walk.Record(RecordState.Completed), owned: false).State.Unstored.ShouldBe(Walk.Session);
    }

    [Test]
    public void A_lost_lease_sends_nothing_and_asks_again()
    {
        Walk.To(Stage.Creating).Then(EventKind.LeaseLost).Effect.ShouldBe(new Effect(EffectKind.Claim));
        Walk.To(Stage.Creating).Then(EventKind.LeaseUnknown).Effect.Kind.ShouldBe(EffectKind.Poll);
    }

    [Test]
    public void A_repeat_on_trust_is_sent_only_while_didit_remembers()
    {
        var walk = Walk.Claimed(Walk.Record(), Trusting).Then(EventKind.Entered);

        walk.Effect.NotAfter.ShouldBe(Now.AddHours(23) - Trusting.Margin - Trusting.LongestRequest);
        walk = walk.Then(EventKind.TooLate);
        walk.Effect.ShouldBe(new Effect(EffectKind.Release) { Release = ReleaseMode.Forget });
        walk.Then(EventKind.Released).Effect.ShouldBe(new Effect(EffectKind.Claim));
    }

    [Test]
    public void A_turn_that_it_waited_for_leads_to_a_claim()
    {
        var walk = Walk.Claimed(null).Then(EventKind.TurnedAway);

        walk.Effect.ShouldBe(new Effect(EffectKind.Release) { Release = ReleaseMode.Forget });
        walk = walk.Then(EventKind.Released);
        walk.Effect.ShouldBe(new Effect(EffectKind.AwaitTurn, "requests to Didit pause") { Operation = Operation.Create });
        walk.Then(EventKind.Entered).Effect.ShouldBe(new Effect(EffectKind.Claim));
    }

    [Test]
    public void A_record_that_cannot_be_read_is_left_alone_for_a_while()
    {
        var walk = Walk.Delivered().Then(EventKind.RecordUnreadable);

        walk.Effect.ShouldBe(new Effect(EffectKind.BackOff, "the record cannot be read") { Delay = BackOff.MaxCountedDelay });
        walk.Then(EventKind.Waited).Effect.ShouldBe(new Effect(EffectKind.Claim));
    }

    [TestCase(Stage.LookingUp)]
    [TestCase(Stage.Creating)]
    public void A_worker_that_stops_gives_the_key_back(Stage stage)
    {
        var walk = Walk.To(stage).Then(Stopping);

        walk.Effect.ShouldBe(new Effect(EffectKind.Release) { Release = ReleaseMode.Forget });
        walk.Then(EventKind.Released).Effect.ShouldBe(new Effect(EffectKind.Return, "the worker stops"));
    }

    [Test]
    public void Or_returns_the_message_at_once_where_it_has_none()
    {
        Walk.Delivered().Then(Stopping).Effect.ShouldBe(new Effect(EffectKind.Return, "the worker stops"));
        Walk.To(Stage.Creating).Fails(ReplyKind.NotSent, "x", counts: false).Then(EventKind.Stopping)
            .Effect.Kind.ShouldBe(EffectKind.Return);
    }

    [Test]
    public void Whoever_only_wants_to_know_is_told_what_a_claim_would_come_to()
    {
        var memory = new Memory(Available: true, Walk.Record(), Owned: true) { At = Now, Horizon = DateTimeOffset.UnixEpoch };

        VerificationProtocol.Foresee(new("1.ours", Now, MaybeAttempted: false), memory, Walk.Settings, Now)
            .Choice.ShouldBe(Choice.LookUpThenCreate);
        VerificationProtocol.Foresee(new("1.theirs", Now, MaybeAttempted: true), memory, Walk.Settings, Now)
            .Choice.ShouldBe(Choice.RejectMismatch);
    }

    private static DeliveryEvent Stopping => new(EventKind.Stopping, Now) { Why = "the worker stops" };

    private static DeliveryEvent Unavailable => new(EventKind.Claimed, Now) { Memory = Memory.Unavailable };

    private static Walk Answered(Walk walk) => walk.Then(new DeliveryEvent(EventKind.Replied, Now)
    {
        Reply = new(ReplyKind.Answered, "") { Session = Walk.Session }, Verdict = new(Works: true),
    });
}
