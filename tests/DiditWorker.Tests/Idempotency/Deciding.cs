using DiditWorker.Protocol;

namespace DiditWorker.Tests.Idempotency;

/// <summary>What the tests of the decision start from: a fresh message, Redis up, the default settings.</summary>
public static class Deciding
{
    public const string Ours = "1.ours";

    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static readonly ProtocolSettings Defaults = new(
        TimeSpan.FromDays(1), TimeSpan.FromMinutes(5), LookupBeforeResend.Always, WhenRedisUnavailable.Wait, MaximumAttempts: 10);

    public static readonly Memory Fresh = new(Available: true, Record: null, Owned: true);

    public static Evidence Young => Aged(minutes: 1);

    public static Evidence Aged(double? minutes, bool maybeAttempted = false) =>
        new(Ours, minutes is { } age ? Now - TimeSpan.FromMinutes(age) : null, maybeAttempted);

    public static IdempotencyRecord Record(
        RecordState state = RecordState.InProgress, string fingerprint = Ours, double firstMinutesAgo = 10, int attempts = 1) => new()
        {
            State = state,
            Fingerprint = fingerprint,
            Owner = "owner",
            LeaseUntil = DateTimeOffset.UnixEpoch,
            FirstAttempt = Now - TimeSpan.FromMinutes(firstMinutesAgo),
            LastAttempt = Now - TimeSpan.FromMinutes(1),
            Attempts = attempts,
            Payload = "",
        };

    public static Memory Taken(IdempotencyRecord record) => new(Available: true, record, Owned: true);

    public static Memory NotTaken(IdempotencyRecord record) => new(Available: true, record, Owned: false);

    public static Choice Decide(Memory memory, Evidence evidence, ProtocolSettings? settings = null) =>
        Decision.Make(memory, evidence, settings ?? Defaults, Now).Choice;
}
