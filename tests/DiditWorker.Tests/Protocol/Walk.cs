using DiditWorker.Protocol;

namespace DiditWorker.Tests.Protocol;

/// <summary>A delivery that is led through the protocol event by event: what the tests of single steps start from.</summary>
internal sealed record Walk(DeliveryState State, Effect Effect, ProtocolSettings With)
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static readonly ProtocolSettings Settings = new(
        TimeSpan.FromDays(1), TimeSpan.FromMinutes(5), LookupBeforeResend.Always, WhenRedisUnavailable.Wait, MaximumAttempts: 10)
    {
        LookupDelay = TimeSpan.FromSeconds(2), LongestRequest = TimeSpan.FromSeconds(15),
    };

    public static readonly DiditSession Session = new()
    {
        Id = "session-1",
        Number = 1,
        Url = "https://verify.example",
        Status = "Not Started",
        WorkflowId = "workflow",
        CreatedAt = Now,
    };

    /// <summary>A fresh message that has been delivered.</summary>
    public static Walk Delivered(ProtocolSettings? settings = null, bool maybeAttempted = false) =>
        new Walk(VerificationProtocol.Begin(new("1.ours", Now.AddMinutes(-1), maybeAttempted), Now), Effect.Claim, settings ?? Settings)
            .Then(EventKind.Delivered);

    public static Walk Claimed(IdempotencyRecord? record, ProtocolSettings? settings = null) => Delivered(settings).Claims(record);

    /// <summary>Right before it looks up, or creates.</summary>
    public static Walk To(Stage stage, ProtocolSettings? settings = null) =>
        Claimed(stage == Stage.LookingUp ? Record() : null, settings).Then(EventKind.Entered);

    public static IdempotencyRecord Record(RecordState state = RecordState.InProgress, int attempts = 2, AttemptNote? note = null) => new()
    {
        State = state,
        Fingerprint = "1.ours",
        Owner = "owner",
        LeaseUntil = DateTimeOffset.UnixEpoch,
        FirstAttempt = Now.AddHours(-1),
        LastAttempt = Now.AddHours(-1),
        Attempts = attempts,
        Payload = note?.ToText() ?? "",
    };

    public Walk Claims(IdempotencyRecord? record, bool owned = true) => Then(new DeliveryEvent(EventKind.Claimed, Now)
    {
        Memory = new(Available: true, record, owned) { At = Now, Horizon = DateTimeOffset.UnixEpoch },
    });

    public Walk Fails(ReplyKind kind, string why, bool counts) =>
        Then(new DeliveryEvent(EventKind.Replied, Now) { Reply = new(kind, why), Verdict = new(Counts: counts) });

    public Walk Then(MatchKind kind) => Then(new DeliveryEvent(EventKind.LookedUp, Now)
    {
        Match = new(kind, []), Session = kind == MatchKind.Adopt ? Session : null,
    });

    public Walk Then(EventKind kind) => Then(new DeliveryEvent(kind, Now));

    public Walk Then(DeliveryEvent e)
    {
        var (state, effect) = VerificationProtocol.Next(State, e, With);
        return this with { State = state, Effect = effect };
    }
}
