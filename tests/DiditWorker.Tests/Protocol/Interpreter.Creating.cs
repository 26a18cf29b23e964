using DiditWorker.Protocol;

namespace DiditWorker.Tests.Protocol;

/// <summary>A create: from the lease that is asked for to the reply that is read.</summary>
internal sealed partial class Interpreter
{
    private void Create(State state, Work work, List<Step> steps)
    {
        if (work.Request == Request.None)
        {
            Fail("cannot send", state, work, work.Sent ? ReplyKind.Conflict : ReplyKind.NotSent, steps);
            Send(state, work, steps);
            return;
        }

        // Between the reply and the worker.
        if (state.Left.Timeouts > 0)
        {
            Fail("times out", state, work, ReplyKind.Ambiguous, steps);
        }

        var e = state.Event(EventKind.Replied);
        switch (work.Request)
        {
            case Request.Created when state.Sessions[work.Answer!.Value.Session].HasUrl:
                Happened("reads the session", state, work with { Request = Request.None },
                    e with
                    {
                        Reply = new(ReplyKind.Answered, "") { Session = ModelTime.Session(work.Answer.Value.Session) },
                        Verdict = new(Works: true),
                    }, steps);
                break;
            case Request.Refused:
                Happened("reads the refusal", state, work with { Request = Request.None },
                    e with { Reply = new(ReplyKind.Refused, ""), Verdict = new(Final: true, Works: true) }, steps);
                break;
            case Request.Conflict:
                steps.Add(new("reads 409, and repeats", work.Owner, state.With(work with { Request = Request.None })));
                Happened("reads 409", state, work with { Request = Request.None }, e with { Reply = new(ReplyKind.Conflict, "") }, steps);
                break;
            default:
                break;
        }
    }

    // Lease.EnsureAsync: what is believed is not asked for, unless too little of it is left.
    private void Send(State state, Work work, List<Step> steps)
    {
        if (ModelTime.Of(state.Era) >= work.At.Doing.NotAfter)
        {
            Happened("is too late", state, work, Withheld(state, work, EventKind.TooLate), steps);
            return;
        }

        var sent = work with { Request = Request.Out, Sent = true };
        var asks = work.At.State.Memory.Available && !scenario.Has(Mistake.LeaseNotKept);
        if (!asks || work.Belief > 0)
        {
            steps.Add(new("sends", work.Owner, state.With(sent)) { Sends = work.Key });
        }

        if (!asks || (work.Belief > 0 && ModelStore.IsOwner(state.Slots[work.Key].Record, work.Owner)))
        {
            return;
        }

        // Whoever has lost the key without knowing may also have reason to renew, and learns of it then.
        var (after, kept) = ModelStore.Renew(state.Slots[work.Key].Record, work.Owner, scenario.LeaseTicks);
        if (kept && !state.RedisDown)
        {
            var renewed = state.Write(work.Key, after).With(sent with { Belief = scenario.LeaseTicks });
            steps.Add(new("renews and sends", work.Owner, renewed) { Sends = work.Key });
        }
        else
        {
            Happened("has no lease", state, work, Withheld(state, work, state.RedisDown ? EventKind.LeaseUnknown : EventKind.LeaseLost),
                steps);
        }
    }

    // Once Didit has said 409, nothing that comes later makes that undone.
    private static DeliveryEvent Withheld(State state, Work work, EventKind kind) =>
        work.Sent ? state.Event(EventKind.Replied) with { Reply = new(ReplyKind.Conflict, "") } : state.Event(kind);

    private void Fail(string what, State state, Work work, ReplyKind kind, List<Step> steps)
    {
        var left = state.Left;
        if (kind == ReplyKind.Ambiguous ? left.Timeouts == 0 : left.NotSent == 0)
        {
            return;
        }

        left = kind == ReplyKind.Ambiguous ? left with { Timeouts = left.Timeouts - 1 } : left with { NotSent = left.NotSent - 1 };
        var next = Abandoned(state, work, early: scenario.Has(Mistake.CreateGivenUpEarly)) with { Left = left };
        var e = next.Event(EventKind.Replied) with { Now = ModelTime.Failure(state.Era, left), Reply = new(kind, "") };
        Happened(what, next, work with { Request = Request.None }, e, steps);
        if (scenario.OthersSucceed)
        {
            Happened(what + ", which counts", next, work with { Request = Request.None }, e with { Verdict = new(Counts: true) }, steps);
        }
    }
}
