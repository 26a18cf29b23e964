using System.Globalization;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Tests.Protocol;

/// <summary>
/// What a delivery does next: <c>VerificationFlow</c>, <c>KeyWork</c> and <c>SessionCreator</c> in steps between which anything may happen.
/// The decision and the adopt rule are the worker's own.
/// </summary>
internal sealed partial class WorkerSteps(Scenario scenario)
{
    private const string Owner = "owner";
    private static readonly IdempotencyKey[] Keys = [.. Enumerable.Range(0, 4).Select(n => IdempotencyKey.Create("model", $"message-{n}"))];
    private static readonly string[] Fingerprints = ["1.published", "1.other"];

    private readonly DecisionSettings _settings = scenario.Settings;

    public void Add(State state, Work work, List<Step> steps)
    {
        switch (work.Phase)
        {
            case Phase.Claim:
                Claim(state, work, steps);
                break;
            case Phase.WriteClaim:
                var claimed = ModelStore.Claim(work.Read, work.Copy.Fingerprint, work.Owner, state.Era);
                steps.Add(Decided("writes the claim", Write(state, work.Key, claimed.After), work, new(Available: true, null, claimed.Owned), claimed.Told));
                break;
            case Phase.Look or Phase.LookAgain when !work.MustWait:
                TurnedAway(state, work, steps);
                steps.Add(LookedUp(state, work));
                break;
            case Phase.Send:
                TurnedAway(state, work, steps);
                Send(state, work, steps);
                break;
            case Phase.Out:
                Out(state, work, steps);
                break;
            case Phase.Complete:
                Complete(state, work, steps);
                break;
            case Phase.Publish:
                steps.Add(new("publishes the answer", work.Owner, Answered(state, work).With(work with { Phase = Phase.End })));
                break;
            case Phase.End:
                steps.Add(new("acknowledges", work.Owner, End(state, work)));
                break;
            default:
                break;
        }
    }

    /// <summary>What remains of a delivery that is told to stop: it gives its key back.</summary>
    public State Stopped(State state, Work work) =>
        GiveBack(state, work, ReleaseAfter(work.MaybeAttempted || work.SentInThisAttempt));

    private void Claim(State state, Work work, List<Step> steps)
    {
        if (state.RedisDown)
        {
            steps.Add(Decided("cannot ask Redis", state, work, Memory.Unavailable, told: null));
            return;
        }

        var record = state.Slots[work.Key].Record;
        if (scenario.Has(Mistake.GetThenSet) && record is not { Live: true } && record?.State is null or RecordState.InProgress)
        {
            steps.Add(new("reads the record", work.Owner, state.With(work with { Phase = Phase.WriteClaim, Read = record })));
            return;
        }

        var claimed = ModelStore.Claim(record, work.Copy.Fingerprint, work.Owner, state.Era, scenario.Planted);
        var next = scenario.Has(Mistake.RecordAfterSend) && record is null ? state : Write(state, work.Key, claimed.After);
        steps.Add(Decided("claims", next, work, new(Available: true, null, claimed.Owned), claimed.Told));
        if (state.Left.LostReplies > 0)
        {
            var left = next with { Left = next.Left with { LostReplies = next.Left.LostReplies - 1 } };
            steps.Add(Decided("claims, reply lost", left, work, Memory.Unavailable, told: null));
        }
    }

    private Step Decided(string what, State state, Work work, Memory memory, ModelRecord? told)
    {
        var now = ModelTime.Of(state.Era);
        var published = scenario.Has(Mistake.AgeIgnored) ? now : PublishedAt(work);
        var evidence = new Evidence(Fingerprints[work.Copy.Fingerprint], published, work.MaybeAttempted);
        var decision = Decision.Make(memory with { Record = Real(told) }, evidence, _settings, now);
        work = work with { Available = memory.Available, First = told?.First ?? state.Era, TrustsLease = memory.Owned, Read = null };
        if (scenario.Has(Mistake.AnsweredBeforeFingerprint) && told?.State == RecordState.Completed)
        {
            decision = new(Outcome.AnswerFromRecord, "");
        }

        return decision.Outcome switch
        {
            Outcome.AnswerFromRecord => Next(what, state, Publishing(work, Verdict.Created, told!.Payload)),
            Outcome.Reject => Next(what, state, Publishing(work, told!.State == RecordState.Refused ? Verdict.Refused : Verdict.Mismatch, payload: null)),
            Outcome.Park => Next(what, GiveBack(state, work, Release.Reset), Publishing(work, Verdict.Parked, payload: null)),
            Outcome.Wait when scenario.Has(Mistake.InProgressAcked) => Next(what, state, work with { Phase = Phase.End }),
            Outcome.Wait => Next(what, state, work.Again()),
            Outcome.LookUpThenCreate when scenario.Has(Mistake.NoLookUp) => Next(what, state, work with { Phase = Phase.Send }),
            _ when decision.Outcome == Outcome.LookUpThenCreate || work.Conflicted => Next(what, state, Looking(work, told)),
            _ => Next(what, state, work with { Phase = Phase.Send }),
        };
    }

    // NewAttempt: the latest attempt that could have been, whoever made it; one of an earlier delivery came before this one was received.
    private Work Looking(Work work, ModelRecord? told)
    {
        var recorded = told is { Live: true } or { Recent: true };
        var recent = scenario.Planted switch
        {
            Mistake.LookUpTooSoon => false,
            Mistake.OwnSendHidesALaterOne when work is { MaybeAttempted: true, Copy.Flagged: false } => work.SentRecently,
            Mistake.RecordHidesALaterOne when told is not null => work.SentRecently || recorded,
            _ => work.SentRecently || recorded || work.IsNewRedelivery,
        };
        return work with { Phase = Phase.Look, LooksTwice = recent, MustWait = recent };
    }

    private Step LookedUp(State state, Work work)
    {
        var first = Math.Min(work.First, work.Copy.Published);
        var notBefore = work.Copy.Published < 0 ? (DateTimeOffset?)null : ModelTime.Of(first) - ModelTime.Margin;
        var found = state.Sessions.Select((session, number) => (session, number)).Where(s => s.session.Listed).Select(s => Found(s.session, s.number));
        var match = SessionMatch.Among(found, Keys[work.Key], "workflow", notBefore, SessionMatch.NoneExcluded);
        return match.Kind switch
        {
            MatchKind.None or MatchKind.Several when work is { LooksTwice: true, Phase: Phase.Look } =>
                Next("looks up and will again", state, work with { Phase = Phase.LookAgain, MustWait = true }),
            MatchKind.Several => Next("finds several", GiveBack(state, work, Release.Reset), Publishing(work, Verdict.Parked, payload: null)),
            MatchKind.Adopt => Next("adopts", state, work with
            {
                Phase = Phase.Complete, Reply = Reply.Created, Answer = scenario.Read(int.Parse(match.Candidates[0].Id, CultureInfo.InvariantCulture), work),
                LooksTwice = false, TrustsLease = false,
            }),
            _ => Next("finds nothing against a create", state, work with { Phase = Phase.Send, LooksTwice = false }),
        };
    }

    private Work Publishing(Work work, Verdict verdict, Payload? payload) => work.Again() with
    {
        Phase = scenario.Has(Mistake.AckBeforePublish) ? Phase.End : Phase.Publish, Reply = Reply.Created, Verdict = verdict, Answer = payload,
    };

    private State Answered(State state, Work work)
    {
        var id = scenario.Has(Mistake.RandomAnswerId) ? work.Owner + 1 : 0;
        var answer = new Published(work.Copy.Message, work.Copy.Fingerprint, work.Verdict, work.Answer, id);
        return state.Answers.Contains(answer) ? state : state with { Answers = state.Answers.Add(answer) };
    }

    private State End(State state, Work work)
    {
        if (!work.TakenBack)
        {
            var message = work.Copy.Message;
            state = state.Acked.Contains(message) ? state : state with { Acked = [.. state.Acked.Append(message).Order()] };
            if (work.Verdict != Verdict.Created && state.Left.Replays > 0)
            {
                state = state with { Parked = [.. state.Parked.Append(work.Copy).OrderBy(Copy.Rank)] };
            }
        }

        // Planted: acknowledged first, so that it is answered only now, as one more step.
        return scenario.Has(Mistake.AckBeforePublish) && work.Reply == Reply.Created
            ? state.With(work with { Phase = Phase.Publish, TakenBack = true, Reply = Reply.None })
            : state.Without(work);
    }

    private static Step Next(string what, State state, Work work) => new(what, work.Owner, state.With(work));

    private static DateTimeOffset? PublishedAt(Work work) => work.Copy.Published < 0 ? null : ModelTime.Of(work.Copy.Published);

    private static IdempotencyRecord? Real(ModelRecord? record) => record is null ? null : new(
        record.State, record.Fingerprint < 0 ? "" : Fingerprints[record.Fingerprint], Owner, ModelTime.Of(record.First), ModelTime.Of(record.First),
        ModelTime.Of(record.First), record.Attempts, "");

    private static FoundSession Found(Session session, int number) => new(
        $"{number}", number, "https://verify.example", session.Finished ? "Approved" : "Not Started", "workflow", ModelTime.Of(session.Made),
        MetadataKnown: true, session.Key < 0 ? null : Keys[session.Key].ToString(), Version: 1);
}
