using System.Globalization;
using DiditWorker.Protocol;

namespace DiditWorker.Tests.Protocol;

/// <summary>Carries out, on the model, what the protocol wants done: each effect in steps between which anything may happen.</summary>
internal sealed partial class Interpreter(Scenario scenario, Standings standings)
{
    private static readonly IdempotencyKey[] Keys = [.. Enumerable.Range(0, 4).Select(n => IdempotencyKey.Create("model", $"message-{n}"))];

    public void Add(State state, Work work, List<Step> steps)
    {
        switch (work.At.Doing.Kind)
        {
            case EffectKind.Claim:
                Claim(state, work, steps);
                break;
            case EffectKind.LookUp when !work.At.MustWait:
                Fail("cannot look up", state, work, ReplyKind.NotSent, steps);
                LookUp(state, work, steps);
                break;
            case EffectKind.Create:
                Create(state, work, steps);
                break;
            case EffectKind.Complete:
                Complete(state, work, steps);
                break;
            case EffectKind.Release:
                Release(state, work, steps);
                break;
            case EffectKind.Answer or EffectKind.AnswerFromRecord or EffectKind.Reject:
                End(state, work, steps);
                break;
            case EffectKind.Return:
                steps.Add(new("returns the message", work.Owner, Gone(state, work)));
                break;
            default:
                break;
        }
    }

    /// <summary>A create that is on its way ends with its reply or its time-out.</summary>
    public static bool MayStop(Work work) => work.Request == Request.None && !work.Sent;

    /// <summary>It is told to stop.</summary>
    public void Stop(State state, Work work, List<Step> steps) => Happened(
        "is stopped", state, work with { Belief = 0 }, state.Event(EventKind.Stopping), steps);

    /// <summary>It is at work no more, and its message is delivered again.</summary>
    public State Gone(State state, Work work)
    {
        // Until the lease of who died is over, its request may not be.
        var next = Abandoned(state, work, early: scenario.TrustsRedis).Without(work);
        return work.TakenBack ? next : next.Enqueue(work.Copy with { Flagged = true });
    }

    private void Claim(State state, Work work, List<Step> steps)
    {
        if (state.RedisDown)
        {
            Happened("cannot ask Redis", state, work, state.Event(EventKind.Claimed) with { Memory = Memory.Unavailable }, steps);
            return;
        }

        state = state.Horizon == Horizon.Missing ? state with { Horizon = Horizon.New } : state;
        var record = work.Read.Is ? work.Read.Record : state.Slots[work.Key].Record;
        if (scenario.Has(Mistake.GetThenSet) && !work.Read.Is && record is null or { Live: false, State: RecordState.InProgress })
        {
            steps.Add(new("reads the record", work.Owner, state.With(work with { Read = (record, true) })));
            return;
        }

        var claimed = ModelStore.Claim(record, work.Copy.Fingerprint, work.Owner, state.Era, scenario.LeaseTicks, scenario.Planted,
            work.Copy.Replayed);
        var next = scenario.Has(Mistake.RecordAfterSend) && record is null ? state : state.Write(work.Key, claimed.After);
        work = work with { Read = default };
        Claimed("claims", next, work, claimed, scenario.LeaseTicks, steps);
        if (state.Left.LostReplies > 0)
        {
            next = next with { Left = next.Left with { LostReplies = next.Left.LostReplies - 1 } };
            Happened("claims, reply lost", next, work, state.Event(EventKind.Claimed) with { Memory = Memory.Unavailable }, steps);
            if (claimed.Owned && scenario.LeaseTicks > 1 && next.Ticked(work.Key, scenario) is { } ticked)
            {
                // The owner counts its lease from before it asked.
                var left = scenario.LeaseTicks - (scenario.Has(Mistake.LeaseCountedFromReply) ? 0 : 1);
                Claimed("claims, reply late", ticked, work, claimed, left, steps);
            }
        }
    }

    private void Claimed(string what, State state, Work work, ModelStore.Claimed claimed, int ticks, List<Step> steps)
    {
        var memory = new Memory(Available: true, claimed.Told?.Real(state), claimed.Owned)
        { At = ModelTime.Of(state.Era), Horizon = state.Remembers() };
        Happened(what, state, work with { Belief = claimed.Owned ? ticks : 0, Answer = claimed.Told?.Payload },
            state.Event(EventKind.Claimed) with { Memory = memory }, steps);
    }

    private void LookUp(State state, Work work, List<Step> steps)
    {
        var found = state.Sessions.Select((session, number) => (session, number)).Where(s => s.session.Listed)
            .Select(s => Found(s.session, s.number));
        var excluded = state.Excluded.Where(e => e.Message == work.Copy.Message && !scenario.Has(Mistake.ExclusionIgnored))
            .Select(e => $"{e.Session}");
        var match = SessionMatch.Among(found, Keys[work.Key], ModelTime.Workflow, work.At.Doing.NotBefore, excluded.ToHashSet());
        var session = match.Kind == MatchKind.Adopt ? int.Parse(match.Candidates[0].Id, CultureInfo.InvariantCulture) : (int?)null;
        session = session is { } adopted && state.Sessions[adopted].HasUrl ? session : null;
        Happened("looks up", state, work with { Answer = session is { } number ? scenario.Read(number, work) : null },
            state.Event(EventKind.LookedUp) with { Match = match, Session = session is { } id ? ModelTime.Session(id) : null }, steps);
    }

    // Whether requests pause is between the worker and Didit, and a wait may end at any time: neither is a step of its own.
    private void Happened(string what, State state, Work work, DeliveryEvent e, List<Step> steps)
    {
        work = work with { At = standings.Next(work.At, e) };
        switch (work.At.Doing.Kind)
        {
            case EffectKind.Enter:
                Happened(what, state, work, state.Event(EventKind.Entered), steps);
                if (state.Left.Pauses > 0)
                {
                    var left = state with { Left = state.Left with { Pauses = state.Left.Pauses - 1 } };
                    Happened(what + ", but requests pause", left, work, state.Event(EventKind.TurnedAway), steps);
                }

                break;
            case EffectKind.Poll when scenario.Has(Mistake.InProgressAcked)
                && e is { Kind: EventKind.Claimed, Memory.Owned: false, Memory.Available: true }:
                steps.Add(new(what, work.Owner, state.With(work with { At = standings.Ended(), Published = true })));
                break;
            case EffectKind.Poll or EffectKind.BackOff:
                Happened(what, state, work, state.Event(EventKind.Waited), steps);
                break;
            case EffectKind.AwaitTurn:
                Happened(what, state, work, state.Event(EventKind.Entered), steps);
                break;
            case EffectKind.Release when !scenario.ReleasesApart:
                Release(state, work, steps, what);
                break;
            default:
                steps.Add(new(what, work.Owner, state.With(Plainly(work))));
                break;
        }
    }

    // What only a round, or only a way to its end, has use for.
    private static Work Plainly(Work work) => work with
    {
        Sent = work.Sent && work.At.Doing.Kind == EffectKind.Create,
        Belief = work.At.Doing.Kind is EffectKind.Create or EffectKind.LookUp ? work.Belief : 0,
        Answer = work.At.Doing.Kind is EffectKind.Complete or EffectKind.Answer or EffectKind.AnswerFromRecord ? work.Answer : null,
    };

    // Nobody waits for this reply any more; Didit may still process the request.
    private static State Abandoned(State state, Work work, bool early) => work.Request == Request.Out
        ? state with { Orphans = [.. state.Orphans.Append(new(work.Key, early)).OrderBy(Orphan.Rank)] }
        : state;

    private FoundSession Found(Session session, int number) => new()
    {
        Id = $"{number}",
        Number = number,
        Url = session.HasUrl || scenario.Has(Mistake.UrlNotWaitedFor) ? "https://verify.example" : null,
        Status = session.Finished ? "Approved" : "Not Started",
        WorkflowId = ModelTime.Workflow,
        CreatedAt = ModelTime.Of(session.Made),
        MetadataKnown = true,
        Key = session.Key < 0 ? null : Keys[session.Key].ToString(),
        Version = 1,
    };
}
