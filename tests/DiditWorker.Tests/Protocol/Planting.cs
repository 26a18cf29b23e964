using DiditWorker.Protocol;

namespace DiditWorker.Tests.Protocol;

/// <summary>Mistakes around the protocol: in what it is told, and in what becomes of what it says.</summary>
internal static class Planting
{
    public static (DeliveryState State, DeliveryEvent Event) Given(Mistake planted, DeliveryState state, DeliveryEvent e) => planted switch
    {
        Mistake.AgeIgnored => (state with { Evidence = state.Evidence with { PublishedAt = e.Now } }, e),
        Mistake.HorizonIgnored => (state, e with { Memory = e.Memory with { Horizon = DateTimeOffset.UnixEpoch } }),
        Mistake.HorizonNotWaitedFor when state is { Stage: Stage.LookingUp, Memory.Available: true } =>
            (state with { Memory = state.Memory with { Horizon = DateTimeOffset.UnixEpoch } }, e),
        Mistake.WaitForgotten => (state with { WaitedAfter = null }, e),
        Mistake.AnsweredBeforeFingerprint when e.Memory.Record is { State: RecordState.Completed } record =>
            (state, e with { Memory = e.Memory with { Record = record with { Fingerprint = state.Evidence.Fingerprint } } }),
        Mistake.OwnSendHidesALaterOne when state is { Stage: Stage.LookingUp, LastSent: not null } =>
            (state with { RedeliveredAt = null, Memory = Undated(state.Memory) }, e),
        Mistake.RecordHidesALaterOne when state is { Stage: Stage.LookingUp, Memory.Record: not null } =>
            (state with { RedeliveredAt = null }, e),
        Mistake.TimeoutStoredAsRefusal when e is { Reply.Kind: ReplyKind.Ambiguous } =>
            (state, e with { Reply = new(ReplyKind.Refused, ""), Verdict = new(Final: true) }),
        Mistake.PublishedAlthoughFenced when e.Kind == EventKind.Fenced => (state, e with { Kind = EventKind.Stored }),
        _ => (state, e),
    };

    public static (DeliveryState State, Effect Effect) Made(Mistake planted, DeliveryState state, Effect effect) => planted switch
    {
        Mistake.NoLookUp when effect is { Kind: EffectKind.Enter, Operation: Operation.Read } =>
            (state with { Stage = Stage.Creating }, effect with { Operation = Operation.Create }),
        Mistake.LookUpTooSoon when effect.Kind == EffectKind.LookUp => (state with { LooksAgain = false }, effect with { Delay = default }),
        Mistake.ForgottenOnTimeout when effect is { Kind: EffectKind.Release, Release: ReleaseMode.Uncounted } =>
            (state, effect with { Release = ReleaseMode.Forget }),
        Mistake.OwnAttemptForgotten => (state with { LastSent = null }, effect with
        {
            Release = effect.Release == ReleaseMode.Uncounted ? ReleaseMode.Forget : effect.Release,
        }),
        Mistake.DeadlineCheckedOnce when effect.Kind == EffectKind.Create => (state, effect with { NotAfter = null }),
        Mistake.ExpiredWithoutLookUp when effect.Kind == EffectKind.Enter && state.Decision.Choice == Choice.LookUpThenExpire =>
            (state with { Stage = Stage.Done }, new(EffectKind.Reject) { Rejection = Rejection.Expired }),
        _ => (state, effect),
    };

    private static Memory Undated(Memory memory) => memory.Record is not { } record
        ? memory
        : memory with { Record = record with { LeaseUntil = DateTimeOffset.UnixEpoch, LastAttempt = DateTimeOffset.UnixEpoch } };
}
