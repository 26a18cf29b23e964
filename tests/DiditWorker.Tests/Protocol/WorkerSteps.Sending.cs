using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Tests.Protocol;

/// <summary>From the request to the stored answer.</summary>
internal sealed partial class WorkerSteps
{
    // The service is paused, or the request could not be sent: the key is given back.
    private void TurnedAway(State state, Work work, List<Step> steps)
    {
        if (state.Left.NotSent > 0)
        {
            var left = state with { Left = state.Left with { NotSent = state.Left.NotSent - 1 } };
            var released = GiveBack(left, work, ReleaseAfter(work.MaybeAttempted || work.SentInThisAttempt));
            steps.Add(Next("cannot send", released, work.Again(work.SentInThisAttempt)));
            if (scenario.OthersSucceed && work.Phase != Phase.Send)
            {
                steps.Add(Next("cannot look up, which counts", GiveBack(left, work, Release.Keep), work.Again()));
            }
        }
    }

    private void Send(State state, Work work, List<Step> steps)
    {
        var record = state.Slots[work.Key].Record;
        var mine = record is { State: RecordState.InProgress } && record.Owner == work.Owner;
        
        // What it takes its lease for matters again only if it sends again.
        var sent = work with { Phase = Phase.Out, SentInThisAttempt = true, TrustsLease = work.TrustsLease && scenario.Lookup != LookupBeforeResend.Always };
        if (!work.Available || scenario.Has(Mistake.LeaseNotKept) || work.TrustsLease || (mine && record!.Live))
        {
            steps.Add(Next("sends", state, sent) with { Sends = work.Key });
        }

        // Whoever has lost the key without knowing may also have reason to renew, and learns of it then.
        if (work.Available && !scenario.Has(Mistake.LeaseNotKept) && (!work.TrustsLease || !mine))
        {
            var (after, kept) = state.RedisDown ? (record, false) : ModelStore.Renew(record, work.Owner);
            steps.Add(kept
                ? Next("renews and sends", Write(state, work.Key, after), sent) with { Sends = work.Key }
                : Next("has lost the lease", state, work.Again(work.SentInThisAttempt)));
        }
    }

    private void Out(State state, Work work, List<Step> steps)
    {
        switch (work.Reply)
        {
            case Reply.Created or Reply.Refused:
                Complete(state, work, steps);
                break;
            case Reply.Conflict:
                Failed("reads 409", state, work with { Conflicted = true }, steps);
                break;
            default:
                break;
        }

        if (state.Left.Timeouts == 0)
        {
            return;
        }

        var next = Abandoned(state with { Left = state.Left with { Timeouts = state.Left.Timeouts - 1 } }, work);
        if (scenario.Has(Mistake.TimeoutStoredAsRefusal))
        {
            steps.Add(Next("times out", next, work with { Phase = Phase.Complete, Reply = Reply.Refused, Answer = null }));
            return;
        }

        Failed("times out", next, work, steps);
        if (scenario.Lookup != LookupBeforeResend.Always)
        {
            steps.Add(Next("times out and sends again", next, work with { Phase = Phase.Send, Reply = Reply.None, Answer = null }));
        }
    }

    /// <summary>Nobody waits for this reply any more; Didit may still process the request.</summary>
    public static State Abandoned(State state, Work work) => work is { Phase: Phase.Out, Reply: Reply.None }
        ? state with { Orphans = [.. state.Orphans.Append(work.Key).Order()] }
        : state;

    private void Failed(string what, State state, Work work, List<Step> steps)
    {
        var again = work.Again(maybeSent: !scenario.Has(Mistake.OwnAttemptForgotten));
        var uncounted = scenario.Has(Mistake.ForgottenOnTimeout) || scenario.Has(Mistake.OwnAttemptForgotten) ? Release.Forget : Release.Uncounted;
        steps.Add(Next(what, GiveBack(state, work, uncounted), again));
        if (scenario.OthersSucceed)
        {
            steps.Add(Next(what + ", which counts", GiveBack(state, work, Release.Keep), again));
        }
    }

    private void Complete(State state, Work work, List<Step> steps)
    {
        var verdict = work.Reply == Reply.Created ? Verdict.Created : Verdict.Refused;
        var publishing = Publishing(work, verdict, work.Answer);
        if (state.RedisDown)
        {
            if (scenario.WhenRedisUnavailable == WhenRedisUnavailable.Proceed)
            {
                steps.Add(Next("cannot store the answer", state, publishing));
            }

            return;
        }

        var (after, written) = ModelStore.Complete(state.Slots[work.Key].Record, verdict == Verdict.Created ? RecordState.Completed : RecordState.Refused,
            work.Copy.Fingerprint, work.Owner, work.First, work.Answer, scenario.Planted);
        var next = Write(state, work.Key, after);
        steps.Add(written || scenario.Has(Mistake.PublishedAlthoughFenced)
            ? Next("stores the answer", next, publishing)
            : Next("may not store the answer", next, work.Again(work is { SentInThisAttempt: true, Reply: Reply.Created })));
        if (state.Left.LostReplies > 0 && scenario.WhenRedisUnavailable == WhenRedisUnavailable.Wait)
        {
            var left = next with { Left = next.Left with { LostReplies = next.Left.LostReplies - 1 } };
            steps.Add(Next("stores the answer, reply lost", left, work with { Phase = Phase.Complete }));
        }
    }

    private State GiveBack(State state, Work work, Release how)
    {
        if (state.RedisDown)
        {
            return state;
        }

        var (after, _) = ModelStore.GiveBack(state.Slots[work.Key].Record, work.Owner, how, scenario.Planted);
        return Write(state, work.Key, after);
    }

    private static Release ReleaseAfter(bool maybeAttempted) => maybeAttempted ? Release.Uncounted : Release.Forget;

    private static State Write(State state, int key, ModelRecord? after)
    {
        var slot = state.Slots[key];
        return slot.Record == after
            ? state
            : state with { Slots = state.Slots.Set(key, new(after, state.Left.Failovers > 0 ? slot.Record : null)) };
    }
}
