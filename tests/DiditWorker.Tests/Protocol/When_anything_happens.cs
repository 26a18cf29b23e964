using System.Collections.Concurrent;
using CsCheck;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Protocol;

/// <summary>
/// The protocol is total: whatever happens wherever, there is a next step, and what an effect may lead to is always understood.
/// </summary>
public sealed class When_anything_happens
{
    private static readonly DateTimeOffset Now = Walk.Now;

    private static readonly Gen<DateTimeOffset> RecordTimes = Gen.OneOf(
        Gen.OneOf(DateTimeOffset.UnixEpoch, DateTimeOffset.FromUnixTimeMilliseconds(253402300799999), Now),
        Gen.Int[-200_000, 200_000].Select(seconds => Now.AddSeconds(seconds)));

    private static readonly Gen<DateTimeOffset?> Published = Gen.OneOf(
        Gen.OneOf(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Now).Select(time => (DateTimeOffset?)time),
        RecordTimes.Select(time => (DateTimeOffset?)time), Gen.Const((DateTimeOffset?)null));

    private static readonly Gen<IdempotencyRecord?> Records = Gen.OneOf(
        Gen.Const((IdempotencyRecord?)null),
        Gen.Select(Gen.Enum<RecordState>(), Gen.OneOf("1.ours", "1.theirs"), RecordTimes, RecordTimes, Gen.Int[0, 12], Gen.Int[-2, 400],
            (state, fingerprint, first, last, attempts, due) => (IdempotencyRecord?)new IdempotencyRecord
            {
                State = state,
                Fingerprint = fingerprint,
                Owner = "owner",
                LeaseUntil = last,
                FirstAttempt = first,
                LastAttempt = last,
                Attempts = attempts,
                Payload = due < 0 ? "" : new AttemptNote(due, "x", Now, Now.AddSeconds(due)).ToText(),
            }));

    private static readonly Gen<Memory> Memories = Gen.OneOf(Gen.Const(Memory.Unavailable), Gen.Select(Records, Gen.Bool, RecordTimes,
        (record, owned, horizon) => new Memory(Available: true, record, owned) { At = Now, Horizon = horizon }));

    private static readonly Gen<ProtocolSettings> Settings = Gen.Select(
        Gen.OneOf(TimeSpan.Zero, TimeSpan.FromHours(1), TimeSpan.FromDays(30)), Gen.Enum<LookupBeforeResend>(),
        Gen.Enum<WhenRedisUnavailable>(), Gen.Int[1, 10],
        (window, lookup, redis, attempts) => new ProtocolSettings(window, TimeSpan.FromMinutes(5), lookup, redis, attempts)
        {
            LookupDelay = TimeSpan.FromSeconds(2), LongestRequest = TimeSpan.FromSeconds(15),
        });

    private static readonly Gen<DeliveryEvent> Events = Gen.Select(
        Gen.Enum<EventKind>(), Memories, Gen.OneOf(Gen.Const((MatchKind?)null), Gen.Enum<MatchKind>().Select(kind => (MatchKind?)kind)),
        Gen.Bool,
        Gen.Enum<ReplyKind>(), Gen.Bool, Gen.Bool, Gen.Int[0, 3],
        (kind, memory, match, hasSession, reply, final, counts, part) => new DeliveryEvent(kind, Now.AddSeconds(part))
        {
            Memory = memory,
            Match = match is { } found ? new(found, []) : null,
            Session = hasSession ? Walk.Session : null,
            Reply = part == 0 ? null : new(reply, "x") { Session = hasSession ? Walk.Session : null },
            Verdict = new(Final: final, Counts: counts && !final),
        });

    private static readonly Gen<DeliveryState> Deliveries = Gen.Select(Published, Gen.Bool,
        (published, attempted) => VerificationProtocol.Begin(new("1.ours", published, attempted), Now));

    [Test]
    public void There_is_always_a_next_step() => Gen.Select(Deliveries, Settings, Events.Array[1, 30]).Sample((state, settings, events) =>
    {
        foreach (var e in events)
        {
            (state, var effect) = VerificationProtocol.Next(state, e, settings);
            Enum.IsDefined(effect.Kind).ShouldBeTrue();
            (state.Stage == Stage.Done).ShouldBe(IsEnd(effect.Kind), $"{e.Kind} leads to {effect.Kind} at {state.Stage}");
        }
    }, iter: 3000);

    [Test]
    public void What_an_effect_may_lead_to_is_understood_everywhere()
    {
        var seen = new ConcurrentDictionary<(EffectKind, EventKind), bool>();
        Gen.Select(Deliveries, Settings, Events.Array[40], Gen.Int[0, 5].Array[40]).Sample((state, settings, events, choices) =>
        {
            (state, var effect) = VerificationProtocol.Next(state, new(EventKind.Delivered, Now), settings);
            for (var i = 0; i < events.Length && !IsEnd(effect.Kind); i++)
            {
                var may = LeadsTo(effect.Kind);
                var e = WellFormed(events[i] with { Kind = may[choices[i] % may.Length] });
                seen[(effect.Kind, e.Kind)] = true;
                (state, effect) = VerificationProtocol.Next(state, e, settings);
                effect.Kind.ShouldNotBe(EffectKind.Return, effect.Reason);
                if (effect.Kind == EffectKind.Answer)
                {
                    effect.Session.ShouldBe(Walk.Session);
                }
            }
        }, iter: 5000);

        var expected = from effect in Enum.GetValues<EffectKind>() where !IsEnd(effect) from e in LeadsTo(effect) select (effect, e);
        seen.Keys.ShouldBe(expected.Distinct(), ignoreOrder: true);
    }

    [Test]
    public void Outside_of_what_it_waits_for_it_gives_the_message_back()
    {
        Walk.To(Stage.Creating).Then(EventKind.Stored).Effect.ShouldBe(new Effect(EffectKind.Return, "Stored at Creating"));
        Walk.To(Stage.Creating).Then(EventKind.Replied).Effect.Kind.ShouldBe(EffectKind.Return);
        Walk.To(Stage.LookingUp).Then(EventKind.LookedUp).Effect.Kind.ShouldBe(EffectKind.Return);
    }

    private static bool IsEnd(EffectKind kind) =>
        kind is EffectKind.Answer or EffectKind.AnswerFromRecord or EffectKind.Reject or EffectKind.Return;

    // As EffectKind says it.
    private static EventKind[] LeadsTo(EffectKind effect) => effect switch
    {
        EffectKind.Claim => [EventKind.Claimed, EventKind.Claimed, EventKind.Claimed, EventKind.RecordUnreadable],
        EffectKind.Enter => [EventKind.Entered, EventKind.Entered, EventKind.TurnedAway],
        EffectKind.LookUp => [EventKind.LookedUp, EventKind.LookedUp, EventKind.Replied],
        EffectKind.Create => [EventKind.Replied, EventKind.Replied, EventKind.LeaseLost, EventKind.LeaseUnknown, EventKind.TooLate],
        EffectKind.Complete => [EventKind.Stored, EventKind.Fenced, EventKind.NotStored],
        EffectKind.Release => [EventKind.Released],
        EffectKind.AwaitTurn => [EventKind.Entered],
        _ => [EventKind.Waited],
    };

    private static DeliveryEvent WellFormed(DeliveryEvent e) => e with
    {
        Match = e.Match ?? new(MatchKind.None, []),
        Session = Walk.Session,
        Reply = (e.Reply ?? new(ReplyKind.Answered, "")) with { Session = Walk.Session },
    };
}
