namespace DiditWorker.Protocol;

/// <summary>What a claim comes to. Each value is one way on: nobody has to work out a second time what it means.</summary>
public enum Choice
{
    /// <summary>Nothing suggests an earlier attempt: create.</summary>
    Create,

    /// <summary>An earlier attempt is possible, but settings say that Didit remembers the key: send again under the same key.</summary>
    Resend,

    /// <summary>An earlier attempt is possible: look for its session first.</summary>
    LookUpThenCreate,

    /// <summary>Its deadline is over and an earlier attempt is possible: look for its session, and make none.</summary>
    LookUpThenExpire,

    /// <summary>The request is answered; publish the stored answer again.</summary>
    AnswerFromRecord,

    /// <summary>Another owner is at work: ask again later.</summary>
    WaitForOwner,

    /// <summary>Redis cannot be asked: ask again later.</summary>
    WaitForRedis,

    /// <summary>It failed a moment ago, and its next try is not due yet.</summary>
    WaitForNextTry,

    /// <summary>Another payload came first under this id.</summary>
    RejectMismatch,

    /// <summary>Didit has refused it for good.</summary>
    RejectRefused,

    /// <summary>Its deadline is over, and nothing suggests an earlier attempt.</summary>
    RejectExpired,

    /// <summary>It failed too often, while others succeeded.</summary>
    ParkExhausted,

    /// <summary>An earlier attempt is possible, and settings forbid to look for it.</summary>
    ParkAmbiguous,
}

/// <summary>What was decided of a claim, and why.</summary>
/// <param name="Choice">What to do.</param>
/// <param name="Because">Why, in a few words for people; holds no data of the message.</param>
public readonly record struct Decision(Choice Choice, string Because)
{
    /// <summary>Decides. Total: it has an answer for every input and throws for none.</summary>
    /// <param name="memory">What Redis said.</param>
    /// <param name="evidence">What the message says.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="now">By the clock of Redis where it answered, since ages of records are measured with it.</param>
    public static Decision Make(Memory memory, Evidence evidence, ProtocolSettings settings, DateTimeOffset now)
    {
        if (!memory.Available)
        {
            return settings.WhenRedisUnavailable == WhenRedisUnavailable.Wait
                ? new(Choice.WaitForRedis, "Redis cannot be asked")
                : Attempt(Memory.Unavailable, evidence, settings, now);
        }

        return memory.Record switch
        {
            { } record when record.Fingerprint != evidence.Fingerprint => new(
                Choice.RejectMismatch, "another payload came first under this id"),
            { State: RecordState.Completed } => new(Choice.AnswerFromRecord, "answered before"),
            { State: RecordState.Refused } when !evidence.AsksAgain || !memory.Owned => new(Choice.RejectRefused, "refused before"),

            // It made no session; attempts before it may have.
            { State: RecordState.Refused } => Attempt(memory, evidence, settings, now),
            _ when !memory.Owned => new(Choice.WaitForOwner, "another delivery of it is being worked on"),
            { } record when record.Attempts >= settings.MaximumAttempts => new(Choice.ParkExhausted, "it failed too often"),

            // A clock that is far ahead must not hold it.
            { Note.NextTry: var next } when next > now && next - now <= BackOff.MaxDelay => new(
                Choice.WaitForNextTry, "it failed a moment ago"),
            _ => Attempt(memory, evidence, settings, now),
        };
    }

    private static Decision Attempt(Memory memory, Evidence evidence, ProtocolSettings settings, DateTimeOffset now)
    {
        var published = MeantTime.Believable(evidence.PublishedAt, settings.Margin, now);
        var earliest = MeantTime.Earliest(memory.Record?.FirstAttempt, published);
        var insideWindow = now - earliest + settings.Margin < settings.Window;
        var young = insideWindow || (settings.Window == TimeSpan.Zero && now - earliest < settings.Margin);
        var remembers = !memory.MayHaveForgotten(settings.Window + settings.Margin);
        if (memory.Record is null && !evidence.MaybeAttempted && young && remembers && settings.Lookup != LookupBeforeResend.EveryCreate)
        {
            return evidence.IsExpired
                ? new(Choice.RejectExpired, "its deadline is over")
                : new(Choice.Create, "nothing suggests an earlier attempt");
        }

        if (evidence.IsExpired && settings.Lookup != LookupBeforeResend.Never)
        {
            return new(Choice.LookUpThenExpire, Possible(remembers) + " and its deadline is over");
        }

        // A record tells when its first attempt was, but not of one whose record is gone: that takes the message's own time.
        var trusted = insideWindow && !evidence.IsExpired && (settings.Lookup == LookupBeforeResend.Never || published is not null);
        return settings.Lookup switch
        {
            LookupBeforeResend.Always or LookupBeforeResend.EveryCreate => new(Choice.LookUpThenCreate, Possible(remembers)),
            _ when trusted => new(Choice.Resend, Possible(remembers) + " and Didit is trusted to remember the key"),
            LookupBeforeResend.OutsideWindow => new(
                Choice.LookUpThenCreate, "an earlier attempt is possible and Didit may have forgotten the key"),
            _ when earliest is null && !evidence.MaybeAttempted && !evidence.IsExpired =>
                new(Choice.Resend, "the message does not say how old it is and look-ups are turned off"),
            _ => new(Choice.ParkAmbiguous, "an earlier attempt is possible and look-ups are turned off"),
        };
    }

    private static string Possible(bool remembers) => remembers
        ? "an earlier attempt is possible"
        : "an earlier attempt is possible, since Redis has not remembered for a window yet,";
}
