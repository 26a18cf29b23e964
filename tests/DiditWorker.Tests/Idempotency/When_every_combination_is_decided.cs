using CsCheck;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Idempotency.Deciding;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_every_combination_is_decided
{
    private static readonly TimeSpan[] Windows = [TimeSpan.Zero, TimeSpan.FromMinutes(2), TimeSpan.FromHours(1), TimeSpan.FromDays(30)];

    private static readonly Gen<DateTimeOffset> Times = Gen.OneOf(
        Gen.OneOf(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, DateTimeOffset.UnixEpoch, Now),
        Gen.Int[-600, 600].Select(seconds => Now + TimeSpan.FromSeconds(seconds)),
        Gen.Int[-100_000, 100_000].Select(seconds => Now + TimeSpan.FromSeconds(seconds)));

    private static readonly Gen<IdempotencyRecord?> Records = Gen.Select(
        Gen.Enum<RecordState>(), Gen.OneOf(Ours, "1.theirs"), Times, Gen.Int[0, 12],
        Gen.OneOf("", new AttemptNote(1, "x", Now, Now.AddSeconds(1)).ToText()),
        (state, fingerprint, first, attempts, note) =>
            (IdempotencyRecord?)(Record(state, fingerprint, attempts: attempts) with { FirstAttempt = first, Payload = note }));

    private static readonly Gen<Memory> Memories =
        Gen.Select(Gen.Bool, Gen.OneOf(Records, Gen.Const((IdempotencyRecord?)null)), Gen.Bool, Times,
        (available, record, owned, horizon) =>
        available ? new Memory(available, record, owned) { At = Now, Horizon = horizon } : Memory.Unavailable);

    private static readonly Gen<Evidence> Evidences = Gen.Select(
        Gen.OneOf(Times.Select(t => (DateTimeOffset?)t), Gen.Const((DateTimeOffset?)null)), Gen.Bool, Gen.Bool, Gen.Bool,
        (published, maybeAttempted, asksAgain, isExpired) => new Evidence(Ours, published, maybeAttempted)
        {
            AsksAgain = asksAgain, IsExpired = isExpired,
        });

    private static readonly Gen<ProtocolSettings> Settings = Gen.Select(
        Gen.OneOf(Windows), Gen.OneOf(TimeSpan.Zero, TimeSpan.FromMinutes(5)), Gen.Enum<LookupBeforeResend>(),
        Gen.Enum<WhenRedisUnavailable>(), Gen.Int[1, 10],
        (window, margin, lookup, redis, attempts) => new ProtocolSettings(window, margin, lookup, redis, attempts));

    private static void Always(Func<Memory, Evidence, ProtocolSettings, Choice, bool> holds) =>
        Gen.Select(Memories, Evidences, Settings).Sample(
        (memory, evidence, settings) =>
        holds(memory, evidence, settings, Decision.Make(memory, evidence, settings, Now).Choice), iter: 5000);

    [Test]
    public void There_is_always_an_answer_and_always_the_same() => Always((memory, evidence, settings, outcome) =>
        Enum.IsDefined(outcome) && Decision.Make(memory, evidence, settings, Now).Choice == outcome);

    [Test]
    public void It_always_says_why() => Gen.Select(Memories, Evidences, Settings).Sample(
        (memory, evidence, settings) => Decision.Make(memory, evidence, settings, Now).Because.Length > 0, iter: 5000);

    [Test]
    public void It_never_creates_blindly_after_a_sign_of_an_earlier_attempt() => Always((memory, evidence, _, outcome) =>
        outcome != Choice.Create || (!evidence.MaybeAttempted && (memory.Record is null || !memory.Available)));

    [Test]
    public void It_never_creates_blindly_what_is_older_than_the_window_or_of_unknown_age() => Always((_, evidence, settings, outcome) =>
        outcome != Choice.Create || Now - evidence.PublishedAt < (settings.Window == TimeSpan.Zero ? settings.Margin : settings.Window));

    [Test]
    public void It_never_creates_blindly_while_redis_remembers_for_less_than_a_window() => Always((memory, _, settings, outcome) =>
        outcome != Choice.Create || !memory.Available || memory.At - memory.Horizon >= settings.Window + settings.Margin);

    [Test]
    public void It_never_creates_blindly_where_every_create_is_looked_up_first() => Always((_, _, settings, outcome) =>
        settings.Lookup != LookupBeforeResend.EveryCreate || outcome is not (Choice.Create or Choice.Resend));

    [Test]
    public void It_never_sends_what_is_past_its_deadline() => Always((_, evidence, _, outcome) =>
        !evidence.IsExpired || outcome is not (Choice.Create or Choice.Resend or Choice.LookUpThenCreate));

    [Test]
    public void It_expires_without_a_look_only_what_nothing_suggests_an_attempt_of() => Always((memory, evidence, _, outcome) =>
        outcome != Choice.RejectExpired
        || (evidence is { IsExpired: true, MaybeAttempted: false } && (memory.Record is null || !memory.Available)));

    [Test]
    public void It_speaks_of_a_deadline_only_where_one_is_over() => Always((_, evidence, _, outcome) =>
        evidence.IsExpired || outcome is not (Choice.RejectExpired or Choice.LookUpThenExpire));

    [Test]
    public void It_never_believes_a_publish_time_that_is_far_ahead() => Always((_, evidence, settings, outcome) =>
        outcome != Choice.Create || evidence.PublishedAt <= Now + settings.Margin);

    [Test]
    public void It_never_resends_outside_the_window() => Always((memory, evidence, settings, outcome) =>
        outcome != Choice.Resend
        || Now - evidence.PublishedAt < settings.Window
        || (settings.Lookup == LookupBeforeResend.Never
            && (evidence.PublishedAt is null || evidence.PublishedAt > Now + settings.Margin || evidence.PublishedAt.Value.Year < 2020)
            && (!memory.Available || memory.Record is null || Now - memory.Record.FirstAttempt < settings.Window)));

    [Test]
    public void It_never_answers_another_payload_from_the_record() => Always((memory, evidence, _, outcome) =>
        outcome != Choice.AnswerFromRecord
        || (memory is { Available: true, Record.State: RecordState.Completed } && memory.Record.Fingerprint == evidence.Fingerprint));

    [Test]
    public void It_never_calls_didit_for_a_key_that_another_owns() => Always((memory, _, _, outcome) =>
        outcome is not (Choice.Create or Choice.Resend or Choice.LookUpThenCreate or Choice.ParkAmbiguous or Choice.ParkExhausted)
            || memory.Owned || !memory.Available);

    [Test]
    public void It_never_calls_didit_for_a_request_that_is_answered() => Always((memory, evidence, _, outcome) =>
        !memory.Available || memory.Record is null or { State: RecordState.InProgress }
            || (memory.Record.State == RecordState.Refused && evidence.AsksAgain)
            || outcome is Choice.AnswerFromRecord or Choice.RejectMismatch or Choice.RejectRefused);

    [Test]
    public void It_always_looks_up_first_where_told_to() => Always((_, _, settings, outcome) =>
        settings.Lookup != LookupBeforeResend.Always || outcome != Choice.Resend);

    [Test]
    public void It_never_looks_up_where_told_not_to() => Always((_, _, settings, outcome) =>
        settings.Lookup != LookupBeforeResend.Never || outcome != Choice.LookUpThenCreate);

    [Test]
    public void It_waits_without_redis_unless_told_otherwise() => Always((memory, _, settings, outcome) =>
        memory.Available || settings.WhenRedisUnavailable == WhenRedisUnavailable.Proceed || outcome == Choice.WaitForRedis);

    [Test]
    public void Every_outcome_is_reached()
    {
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<Choice, bool>();
        Always((_, _, _, outcome) => seen[outcome] = true);

        seen.Keys.ShouldBe(Enum.GetValues<Choice>(), ignoreOrder: true);
    }
}
