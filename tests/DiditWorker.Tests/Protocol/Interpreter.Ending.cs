using DiditWorker.Protocol;

namespace DiditWorker.Tests.Protocol;

/// <summary>What becomes of the key and of the message.</summary>
internal sealed partial class Interpreter
{
    private void Complete(State state, Work work, List<Step> steps)
    {
        if (state.RedisDown)
        {
            Happened("cannot store the answer", state, work, state.Event(EventKind.NotStored), steps);
            return;
        }

        var effect = work.At.Doing;
        if (effect.Session?.Id != (effect.Session is null ? null : ModelTime.Session(work.Answer!.Value.Session).Id))
        {
            throw new InvalidOperationException("another session is stored than the one that was got");
        }

        var (after, written) =
            ModelStore.Complete(state.Slots[work.Key].Record, effect.Session is null ? RecordState.Refused : RecordState.Completed,
            work.Copy.Fingerprint, work.Owner, ModelTime.EraOf(effect.FirstAttempt), effect.Session is null ? null
                : work.Answer, scenario.Planted);
        var next = state.Write(work.Key, after);
        var (what, kind) = written ? ("stores the answer", EventKind.Stored) : ("may not store the answer", EventKind.Fenced);
        Happened(what, next, work, state.Event(kind), steps);
        if (state.Left.LostReplies > 0)
        {
            var left = next with { Left = next.Left with { LostReplies = next.Left.LostReplies - 1 } };
            Happened("stores the answer, reply lost", left, work, state.Event(EventKind.NotStored), steps);
        }
    }

    private void Release(State state, Work work, List<Step> steps, string what = "gives the key back")
    {
        var effect = work.At.Doing;
        var record = state.Slots[work.Key].Record;
        var (after, released) = state.RedisDown ? (record, false) : ModelStore.GiveBack(
            record, work.Owner, effect.Release, effect.Note is { } note ? ModelTime.NumberOf(note) : null, scenario.Planted);
        var kind = released ? EventKind.Released : state.RedisDown ? EventKind.LeaseUnknown : EventKind.LeaseLost;
        Happened(what, state.Write(work.Key, after), work with { Belief = 0 }, state.Event(kind), steps);
    }

    private void End(State state, Work work, List<Step> steps)
    {
        var said = work.At.Doing switch
        {
            { Kind: not EffectKind.Reject } => Said.Created,
            { Rejection: Rejection.RefusedByDidit } => Said.Refused,
            { Rejection: Rejection.PayloadMismatch } => Said.Mismatch,
            { Rejection: Rejection.Expired } => Said.Expired,
            _ => Said.Parked,
        };
        var acksFirst = scenario.Has(Mistake.AckBeforePublish) && !work.Published;
        if (!work.Published && (!acksFirst || work.TakenBack))
        {
            var id = scenario.Has(Mistake.RandomAnswerId) ? work.Owner + 1 : 0;
            var answer = new Published(work.Copy.Message, work.Copy.Fingerprint, said, said == Said.Created ? work.Answer : null, id);
            var told = state.Answers.Contains(answer) ? state : state with { Answers = state.Answers.Add(answer) };
            steps.Add(new("publishes the answer", work.Owner, told.With(work with { Published = true })));
            return;
        }

        var next = state;
        if (!work.TakenBack)
        {
            var message = work.Copy.Message;
            next = next.Acked.Contains(message) ? next : next with { Acked = [.. next.Acked.Append(message).Order()] };
            next = said is Said.Created or Said.Expired || next.Left.Replays == 0
                ? next
                : next with { Parked = [.. next.Parked.Append(work.Copy).OrderBy(Copy.Rank)] };
        }

        steps.Add(new("acknowledges", work.Owner, acksFirst ? next.With(work with { TakenBack = true }) : next.Without(work)));
    }
}
