namespace DiditWorker.Protocol;

/// <summary>
/// From a message to its one session, as a function: what is done next after what happened. The worker carries it out, the explorer in the
/// tests visits every state of it, and the operator's commands ask it. Pure and total.
/// </summary>
public static class VerificationProtocol
{
    /// <summary>A delivery that came just now.</summary>
    public static DeliveryState Begin(Evidence evidence, DateTimeOffset now) =>
        new(evidence) { RedeliveredAt = evidence.MaybeAttempted ? now : null };

    /// <summary>What a claim that comes to this would lead to, for whoever only wants to know.</summary>
    public static Decision Foresee(Evidence evidence, Memory memory, ProtocolSettings settings, DateTimeOffset now) =>
        Next(Begin(evidence, now), new(EventKind.Claimed, now) { Memory = memory }, settings).State.Decision;

    /// <summary>The next step.</summary>
    /// <param name="state">Where the delivery stands.</param>
    /// <param name="e">What happened.</param>
    /// <param name="settings">The settings.</param>
    /// <returns>Where it stands then, and what to do. An event that cannot happen there gives the message back to the queue.</returns>
    public static (DeliveryState State, Effect Effect) Next(
        DeliveryState state, DeliveryEvent e, ProtocolSettings settings) => (state.Stage, e.Kind) switch
        {
            (Stage.Claiming, EventKind.Delivered or EventKind.Waited or EventKind.Entered) => Claim(state),
            (Stage.Claiming, EventKind.Claimed) => Decide(state, e, settings),
            (Stage.Claiming, EventKind.RecordUnreadable) => (
                state, new(EffectKind.BackOff, "the record cannot be read") { Delay = BackOff.MaxCountedDelay }),
            (Stage.LookingUp, EventKind.Entered) => LookUp(state, e.Now, settings),
            (Stage.LookingUp, EventKind.LookedUp) when e.Match is not null => LookedUp(state, e, settings),
            (Stage.LookingUp, EventKind.Replied) when e.Reply is not null => Failed(state, e),
            (Stage.Creating, EventKind.Entered) => Create(state, e.Now, settings),
            (Stage.Creating, EventKind.Replied) when e.Reply is not null => Replied(state, e),
            (Stage.Creating, EventKind.LeaseLost) => Claim(state),
            (Stage.Creating, EventKind.LeaseUnknown) => (Again(state), new(EffectKind.Poll, "Redis cannot be asked")),
            (Stage.Creating, EventKind.TooLate) => GiveBack(state, Unused(state), Effect.Claim),
            (Stage.LookingUp, EventKind.TurnedAway) => TurnedAway(state, e.Now, Operation.Read),
            (Stage.Creating, EventKind.TurnedAway) => TurnedAway(state, e.Now, Operation.Create),
            (Stage.Storing, EventKind.Stored) => Done(state, state.Afterwards),
            (Stage.Storing, EventKind.Fenced) => Claim(state with { Unstored = state.Afterwards.Session ?? state.Unstored }),
            (Stage.Storing, EventKind.NotStored) => settings.WhenRedisUnavailable == WhenRedisUnavailable.Proceed
                ? Done(state, state.Afterwards)
                : (state, new(EffectKind.Poll, "the answer cannot be stored")),
            (Stage.Storing, EventKind.Waited) => (state, Complete(state, e.Now)),
            (Stage.Releasing, EventKind.LeaseLost) when state.Afterwards.Rejection == Rejection.Expired => Claim(state),
            (Stage.Releasing, EventKind.LeaseUnknown) when state.Afterwards.Rejection == Rejection.Expired
                && settings.WhenRedisUnavailable == WhenRedisUnavailable.Wait =>
                (Again(state), new(EffectKind.Poll, "Redis cannot be asked")),
            (Stage.Releasing, EventKind.Released or EventKind.LeaseLost or EventKind.LeaseUnknown) => Afterwards(state),
            (_, EventKind.Stopping) => Stop(state, e.Why),
            _ => Done(state, new(EffectKind.Return, $"{e.Kind} at {state.Stage}")),
        };

    private static (DeliveryState State, Effect Effect) Claim(DeliveryState state) => (Again(state), Effect.Claim);

    private static (DeliveryState State, Effect Effect) Decide(DeliveryState state, DeliveryEvent e, ProtocolSettings settings)
    {
        var evidence = state.Evidence with { MaybeAttempted = state.MaybeAttempted, IsExpired = IsExpired(state, e.Now) };
        var record = e.Memory.Record;
        var hasWaited = record?.Note is { } earlier && earlier.LastAt == state.WaitedAfter;
        var memory = hasWaited ? e.Memory with { Record = record! with { Payload = "" } } : e.Memory;
        var decision = Decision.Make(memory, evidence, settings, e.Memory.At ?? e.Now);
        state = state with { Memory = e.Memory, Decision = decision, Note = record?.Note ?? state.Note };
        return decision.Choice switch
        {
            Choice.AnswerFromRecord => Done(state, new(EffectKind.AnswerFromRecord) { Record = record }),
            Choice.RejectMismatch => Done(state, new(EffectKind.Reject, decision.Because) { Rejection = Rejection.PayloadMismatch }),
            Choice.RejectRefused => Done(
                state, new(EffectKind.Reject, decision.Because) { Rejection = Rejection.RefusedByDidit, Record = record }),
            Choice.ParkExhausted => Park(state, Rejection.AttemptsExhausted, Exhausted(state, settings)),
            Choice.ParkAmbiguous => Park(state, Rejection.AmbiguousSession, decision.Because),
            Choice.WaitForOwner or Choice.WaitForRedis => (state, new(EffectKind.Poll, decision.Because)),
            Choice.WaitForNextTry => GiveBack(
                state, ReleaseMode.Forget,
                Within(
                    state, e.Now,
                    new(EffectKind.BackOff, decision.Because)
                    {
                        Delay = record!.Note!.NextTry - (e.Memory.At ?? e.Now), Operation = AgainWith(evidence, settings),
                    })),
            Choice.RejectExpired => Expire(state),
            Choice.LookUpThenCreate or Choice.LookUpThenExpire => Enter(state, Stage.LookingUp),
            _ => Enter(state, state.Conflicted ? Stage.LookingUp : Stage.Creating),
        };
    }

    // What another try of an earlier attempt begins with.
    private static Operation AgainWith(Evidence evidence, ProtocolSettings settings) =>
        evidence.IsExpired || settings.Lookup is LookupBeforeResend.Always or LookupBeforeResend.EveryCreate
            ? Operation.Read : Operation.Create;

    private static (DeliveryState State, Effect Effect) Enter(DeliveryState state, Stage stage) =>
        (state with { Stage = stage }, new(EffectKind.Enter) { Operation = stage == Stage.LookingUp ? Operation.Read : Operation.Create });

    private static (DeliveryState State, Effect Effect) TurnedAway(DeliveryState state, DateTimeOffset now, Operation operation) =>
        GiveBack(
            state, Unused(state),
            Within(state, now, new(EffectKind.AwaitTurn, "requests to Didit pause") { Operation = operation }));

    private static (DeliveryState State, Effect Effect) Expire(DeliveryState state) => GiveBack(
        state, Unused(state), new(EffectKind.Reject, PastDeadline) { Rejection = Rejection.Expired });

    // Not parked, so no person would see that another delivery, which has taken over meanwhile, made a session: hence only by its owner.
    private const string PastDeadline = "its deadline (notAfter or expirationTime) was over before there was a session";

    private static bool IsExpired(DeliveryState state, DateTimeOffset now) => now >= state.Evidence.Deadline;

    // What waits for another try is looked at again once its deadline is over: nobody has to answer for it to be answered.
    private static Effect Within(DeliveryState state, DateTimeOffset now, Effect wait) =>
        IsExpired(state, now) ? wait : wait with { NotAfter = state.Evidence.Deadline };

    private static (DeliveryState State, Effect Effect) LookUp(DeliveryState state, DateTimeOffset now, ProtocolSettings settings)
    {
        var latest = EarlierAttempts.Latest(state.Memory, state.LastSent, state.RedeliveredAt, now);
        var wait = latest + settings.LookupDelay - now is { } left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
        return (state with { LooksAgain = wait > TimeSpan.Zero, Attempts = (state.Note?.Attempts ?? 0) + 1 }, new(EffectKind.LookUp)
        {
            Delay = wait < settings.LookupDelay ? wait : settings.LookupDelay,
            NotBefore = EarlierAttempts.LookFrom(state.Memory, state.Evidence.PublishedAt, settings, now),
        });
    }

    private static (DeliveryState State, Effect Effect) LookedUp(DeliveryState state, DeliveryEvent e, ProtocolSettings settings)
    {
        var match = e.Match!;
        if (match.Kind is MatchKind.None or MatchKind.Several or MatchKind.NotReady && state.LooksAgain)
        {
            // Didit's list may lag more than usual: once more before giving up.
            var (_, again) = LookUp(state, e.Now, settings);
            return (state with { LooksAgain = false }, again with { Delay = settings.LookupDelay });
        }

        return match.Kind switch
        {
            MatchKind.Adopt when e.Session is { } session => Store(
                state, new(EffectKind.Answer) { Session = session, Adopted = true }, e.Now),
            MatchKind.Adopt or MatchKind.NotReady => Failed(state, e with { Reply = new(ReplyKind.NotSent, WithoutUrl) }),
            MatchKind.Several => Park(state, Rejection.AmbiguousSession, Ambiguous + match.Names()),
            _ => IsExpired(state, e.Now) ? Expire(state) : Enter(state, Stage.Creating),
        };
    }

    private const string WithoutUrl = "look-up: a session that may be this one does not have its URL yet";

    private const string Ambiguous =
        "an earlier attempt may have made one of these sessions; adopt the right one, or exclude all if none is: ";

    private static (DeliveryState State, Effect Effect) Create(DeliveryState state, DateTimeOffset now, ProtocolSettings settings)
    {
        var notBefore = EarlierAttempts.NotBefore(state.Memory, state.Evidence.PublishedAt, settings.Margin, now);
        var first = notBefore + settings.Margin ?? state.Memory.Record?.FirstAttempt;
        return (state with { Attempts = (state.Note?.Attempts ?? 0) + 1 }, new(EffectKind.Create)
        {
            // Repeated on trust, it must be done before Didit may forget the key.
            NotAfter = MeantTime.Earliest(
                state.Evidence.Deadline,
                state.Decision.Choice == Choice.Resend && !state.Conflicted && first is { } since
                    ? (since < now ? since : now) + settings.Window - settings.Margin - settings.LongestRequest
                    : null),
        });
    }

    private static (DeliveryState State, Effect Effect) Replied(DeliveryState state, DeliveryEvent e)
    {
        var reply = e.Reply!;
        if (reply is { Kind: ReplyKind.Answered, Session: not null })
        {
            // Until it is stored, another delivery has to find it.
            return Store(state with { LastSent = e.Now }, new(EffectKind.Answer) { Session = reply.Session }, e.Now);
        }

        if (reply.Kind == ReplyKind.Answered)
        {
            return Failed(state, e with { Reply = reply with { Kind = ReplyKind.Ambiguous } });
        }

        return e.Verdict.Final
            ? Store(state, new(EffectKind.Reject, reply.Why) { Rejection = Rejection.RefusedByDidit }, e.Now)
            : Failed(state, e);
    }

    private static (DeliveryState State, Effect Effect) Store(DeliveryState state, Effect outcome, DateTimeOffset now)
    {
        state = state with { Stage = Stage.Storing, Afterwards = outcome };
        return (state, Complete(state, now));
    }

    private static Effect Complete(DeliveryState state, DateTimeOffset now) => new(EffectKind.Complete, state.Afterwards.Reason)
    {
        Session = state.Afterwards.Session, FirstAttempt = state.Memory.Record?.FirstAttempt ?? now,
    };

    private static (DeliveryState State, Effect Effect) Failed(DeliveryState state, DeliveryEvent e)
    {
        var reply = e.Reply!;
        var made = state.Stage == Stage.Creating && reply.MaybeMade;
        var wait = BackOff.Delay(state.Attempts, e.Verdict.Counts);
        state = state with
        {
            Conflicted = state.Conflicted || (state.Stage == Stage.Creating && reply.Kind == ReplyKind.Conflict),
            LastSent = made ? e.Now : state.LastSent,
            Note = new(state.Attempts, reply.Why, Milliseconds(e.Now), Milliseconds(e.Now + wait)),
        };
        var failed = state.Stage == Stage.Creating ? Operation.Create : Operation.Read;
        var backOff = Within(state, e.Now, new(EffectKind.BackOff, reply.Why) { Delay = wait, Operation = failed });
        return GiveBack(state, e.Verdict.Counts ? ReleaseMode.Keep : Unused(state), backOff, state.Note);
    }

    private static (DeliveryState State, Effect Effect) Park(DeliveryState state, Rejection rejection, string reason) =>
        GiveBack(
            state, ReleaseMode.Reset, new(EffectKind.Reject, reason) { Rejection = rejection },
            state.Note is { } note ? note with { NextTry = note.LastAt } : null);

    private static string Exhausted(DeliveryState state, ProtocolSettings settings) =>
        $"{settings.MaximumAttempts} attempts failed while others succeeded, or died with their worker"
        + (state.Note is { } note ? $"; {note.Attempts} attempts in all, the last one ended with: {note.LastError}" : "");

    private static (DeliveryState State, Effect Effect) Stop(DeliveryState state, string? why)
    {
        var effect = new Effect(EffectKind.Return, why ?? "");

        // The next one need not wait for the lease.
        return state.Stage is Stage.Claiming or Stage.Releasing or Stage.Done
            ? Done(state, effect)
            : GiveBack(state, Unused(state), effect);
    }

    // As a record keeps it.
    private static DateTimeOffset Milliseconds(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private static ReleaseMode Unused(DeliveryState state) => state.MaybeAttempted ? ReleaseMode.Uncounted : ReleaseMode.Forget;

    private static (DeliveryState State, Effect Effect) GiveBack(
        DeliveryState state, ReleaseMode how, Effect afterwards, AttemptNote? note = null) =>
        (state with { Stage = Stage.Releasing, Afterwards = afterwards }, new(EffectKind.Release) { Release = how, Note = note });

    private static (DeliveryState State, Effect Effect) Afterwards(DeliveryState state) =>
        state.Afterwards.Kind is EffectKind.Reject or EffectKind.Return ? Done(state, state.Afterwards)
        : (
            Again(state) with
            {
                WaitedAfter = state.Afterwards.Kind == EffectKind.BackOff ? state.Note?.LastAt : state.WaitedAfter,
            },
            state.Afterwards);

    private static (DeliveryState State, Effect Effect) Done(DeliveryState state, Effect effect) =>
        (Again(state) with { Stage = Stage.Done }, effect);

    // What is of this round only is gone.
    private static DeliveryState Again(DeliveryState state) => state with
    {
        Stage = Stage.Claiming,
        Memory = Memory.Unavailable,
        LooksAgain = false,
        Afterwards = Effect.Claim,
    };
}
