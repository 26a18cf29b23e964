using DiditWorker.Protocol;

namespace DiditWorker.Tests.Protocol;

/// <summary>
/// States and effects without what nothing reads any more. <c>When_the_model_simplifies</c> holds it to that: the protocol does the same
/// for a state as for its plain form.
/// </summary>
internal static class Plain
{
    // Of an attempt that no list lags behind any more: only that it was counts.
    private static readonly DateTimeOffset LongAgo = ModelTime.Of(0) - ModelTime.Old;

    public static DeliveryState State(DeliveryState state, EffectKind doing, DateTimeOffset now)
    {
        if (state.Stage == Stage.Done)
        {
            return new DeliveryState(new Evidence("", PublishedAt: null, MaybeAttempted: false)) { Stage = Stage.Done };
        }

        var keepsNote = state.Stage == Stage.Releasing && state.Afterwards.Kind == EffectKind.BackOff;
        return state with
        {
            LastSent = Sent(state, now),
            RedeliveredAt = IsRecent(state.RedeliveredAt, now) ? ModelTime.Start(now) : null,
            Attempts = 0,
            Unstored = null,
            Memory = state.Stage == Stage.Releasing ? DiditWorker.Protocol.Memory.Unavailable : Memory(
                state.Memory, isDated: doing == EffectKind.Enter
                    && state.Stage == Stage.LookingUp, isLookedFor: state.Stage == Stage.LookingUp),
            Decision = state.Stage is Stage.Creating or Stage.LookingUp ? state.Decision with { Because = "" } : default,
            Afterwards = Effect(state.Afterwards),
            Note = keepsNote ? Note(state.Note) : null,
        };
    }

    public static Effect Effect(Effect effect) => effect with
    {
        Reason = "",
        Delay = effect.Kind == EffectKind.LookUp ? effect.Delay : default,
        Note = Note(effect.Note),
        Record = null,
        Operation = effect.Kind == EffectKind.BackOff ? default : effect.Operation,
    };

    public static DeliveryState Later(DeliveryState state, bool isNeverDue) => state with
    {
        LastSent = state.LastSent is null || state.Evidence.MaybeAttempted ? null : LongAgo,
        RedeliveredAt = null,
        WaitedAfter = isNeverDue ? state.WaitedAfter : null,
    };

    public static DeliveryState Late(DeliveryState state) => state with
    {
        Evidence = state.Evidence with { Deadline = ModelTime.Over },
        Afterwards = Late(state.Afterwards),
    };

    public static Effect Late(Effect effect) => effect.NotAfter is null ? effect : effect with { NotAfter = ModelTime.Over };

    public static Effect Later(Effect effect) => effect with { Delay = default };

    private static DateTimeOffset? Sent(DeliveryState state, DateTimeOffset now) => IsRecent(state.LastSent, now) ? ModelTime.Start(now)
        : state.LastSent is null || state.Evidence.MaybeAttempted ? null : LongAgo;

    private static bool IsRecent(DateTimeOffset? time, DateTimeOffset now) => time > now - ModelTime.LookupDelay;

    // Its next try alone is read, by the next claim, and when the failure was, by a claim of the delivery that waited after it.
    private static AttemptNote? Note(AttemptNote? note) => note is null ? null
        : note.NextTry > note.LastAt ? new AttemptNote(1, "", note.LastAt, note.LastAt + ModelTime.BackOff)
        : new AttemptNote(1, "", ModelTime.Start(note.LastAt), ModelTime.Start(note.LastAt));

    // Once it is decided, a record tells when the first attempt was, and until a look-up has begun, when the latest one could have been.
    // Since when Redis remembers bounds what is looked for, also the second time.
    private static Memory Memory(Memory memory, bool isDated, bool isLookedFor) =>
        new(memory.Available, Record(memory.Record, isDated), Owned: false)
        {
            At = isLookedFor ? memory.At : null, Horizon = isLookedFor ? memory.Horizon : null,
        };

    private static IdempotencyRecord? Record(IdempotencyRecord? record, bool isDated) => record is null ? null : new()
    {
        State = RecordState.InProgress,
        Fingerprint = "",
        Owner = "",
        LeaseUntil = isDated ? record.LeaseUntil : default,
        FirstAttempt = record.FirstAttempt,
        LastAttempt = isDated ? record.LastAttempt : default,
        Attempts = 1,
        Payload = "",
    };
}
