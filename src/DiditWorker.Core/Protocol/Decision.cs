namespace DiditWorker.Protocol;

/// <summary>What to do with a delivery.</summary>
public enum Outcome
{
    /// <summary>Nothing suggests an earlier attempt: create.</summary>
    Create,

    /// <summary>An earlier attempt is possible, but settings say that Didit remembers the key: send again under the same key.</summary>
    Resend,

    /// <summary>An earlier attempt is possible: look for its session first.</summary>
    LookUpThenCreate,

    /// <summary>The request is answered; publish the stored answer again.</summary>
    AnswerFromRecord,

    /// <summary>Another owner is at work, or Redis cannot be asked: ask again later.</summary>
    Wait,

    /// <summary>A permanent refusal.</summary>
    Reject,

    /// <summary>Only a person can decide.</summary>
    Park,
}

/// <summary>When a look-up comes before a create that may not be the first.</summary>
public enum LookupBeforeResend
{
    /// <summary>Whenever an earlier attempt is possible. Relies on nothing but the look-up.</summary>
    Always,

    /// <summary>Only outside the window; inside it Didit is trusted to honour <c>Idempotency-Key</c>.</summary>
    OutsideWindow,

    /// <summary>Not at all: inside the window the key is trusted, outside it the message is parked.</summary>
    Never,
}

/// <summary>What Redis said of the key.</summary>
/// <param name="Available">Whether Redis answered.</param>
/// <param name="Record">The record as it was before this delivery claimed it; none if there was none.</param>
/// <param name="Owned">Whether this delivery owns the key now.</param>
public readonly record struct Memory(bool Available, IdempotencyRecord? Record, bool Owned)
{
    /// <summary>When, by the clock of Redis: what ages of records are measured with, since the clocks of hosts differ. None without Redis.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>
    /// Since when Redis is known to remember, by its own clock; the epoch where an operator said that nothing was lost. Null without Redis.
    /// </summary>
    public DateTimeOffset? Horizon { get; init; }

    /// <summary>How long the lease lasts that the owner was given, counted from before it asked. Zero for who does not own the key.</summary>
    public TimeSpan Granted { get; init; }

    /// <summary>Whether a request could have been sent within the last <paramref name="period"/> and Redis not know of it.</summary>
    public bool MayHaveForgotten(TimeSpan period) => At - Horizon < period;

    /// <summary>Redis did not answer.</summary>
    public static Memory Unavailable => new(Available: false, Record: null, Owned: false);
}

/// <summary>What the message itself says.</summary>
/// <param name="Fingerprint">Of its payload.</param>
/// <param name="PublishedAt">When it was published, if it says so.</param>
/// <param name="MaybeAttempted">Signs of an earlier delivery: redelivered, replayed, or sent in this very delivery without a clear reply.</param>
public readonly record struct Evidence(string Fingerprint, DateTimeOffset? PublishedAt, bool MaybeAttempted);

/// <summary>The settings that a decision depends on.</summary>
/// <param name="Window">How long Didit is taken to remember a key; zero: not at all.</param>
/// <param name="Margin">Clock differences and the time of a request: what the window is taken to be shorter by.</param>
/// <param name="Lookup">When to look up.</param>
/// <param name="WhenRedisUnavailable">Whether to go on without Redis.</param>
/// <param name="MaximumAttempts">Failed attempts after which a message is parked.</param>
public readonly record struct DecisionSettings(
    TimeSpan Window, TimeSpan Margin, LookupBeforeResend Lookup, WhenRedisUnavailable WhenRedisUnavailable, int MaximumAttempts);

/// <summary>The decision: a pure function, used by the consumer and by the operator's commands alike.</summary>
/// <param name="Outcome">What to do.</param>
/// <param name="Because">Why, in a few words for people; holds no data of the message.</param>
public readonly record struct Decision(Outcome Outcome, string Because)
{
    // Didit's API of today is younger.
    private static readonly DateTimeOffset FirstMeant = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Decides. Total: it has an answer for every input and throws for none.</summary>
    public static Decision Make(Memory memory, Evidence evidence, DecisionSettings settings, DateTimeOffset now)
    {
        if (!memory.Available)
        {
            return settings.WhenRedisUnavailable == WhenRedisUnavailable.Wait
                ? new(Outcome.Wait, "Redis cannot be asked")
                : Attempt(record: null, evidence, settings, now);
        }

        if (memory.Record is null && memory.MayHaveForgotten(settings.Window + settings.Margin))
        {
            evidence = evidence with { MaybeAttempted = true };
        }

        return memory.Record switch
        {
            { } record when record.Fingerprint != evidence.Fingerprint => new(Outcome.Reject, "another payload came first under this id"),
            { State: RecordState.Completed } => new(Outcome.AnswerFromRecord, "answered before"),
            { State: RecordState.Refused } => new(Outcome.Reject, "refused before"),
            _ when !memory.Owned => new(Outcome.Wait, "another delivery of it is being worked on"),
            { } record when record.Attempts >= settings.MaximumAttempts => new(Outcome.Park, "it failed too often"),
            var record => Attempt(record, evidence, settings, now),
        };
    }

    private static Decision Attempt(IdempotencyRecord? record, Evidence evidence, DecisionSettings settings, DateTimeOffset now)
    {
        var published = Believable(evidence.PublishedAt, settings.Margin, now);
        var earliest = Earliest(record?.FirstAttempt, published);
        var insideWindow = now - earliest + settings.Margin < settings.Window;

        // A record tells when its first attempt was, but not of one whose record is gone: that takes the message's own time.
        var trusted = insideWindow && (settings.Lookup == LookupBeforeResend.Never || published is not null);
        if (record is null && !evidence.MaybeAttempted && (insideWindow || (settings.Window == TimeSpan.Zero && now - earliest < settings.Margin)))
        {
            return new(Outcome.Create, "nothing suggests an earlier attempt");
        }

        return settings.Lookup switch
        {
            LookupBeforeResend.Always => new(Outcome.LookUpThenCreate, "an earlier attempt is possible"),
            _ when trusted => new(Outcome.Resend, "an earlier attempt is possible and Didit is trusted to remember the key"),
            LookupBeforeResend.OutsideWindow => new(Outcome.LookUpThenCreate, "an earlier attempt is possible and Didit may have forgotten the key"),
            _ when earliest is null && !evidence.MaybeAttempted => new(Outcome.Resend, "the message does not say how old it is and look-ups are turned off"),
            _ => new(Outcome.Park, "an earlier attempt is possible and look-ups are turned off"),
        };
    }

    /// <summary>When the message was published, if that can be believed: a publisher's clock may be a little ahead, but a time far ahead says nothing.</summary>
    internal static DateTimeOffset? Believable(DateTimeOffset? published, TimeSpan margin, DateTimeOffset now) =>
        Meant(published) - now > margin ? null : Meant(published);

    /// <summary>A time, unless nobody can mean it: one that was never set lies in the year 1, 1601, 1900 or 1970.</summary>
    internal static DateTimeOffset? Meant(DateTimeOffset? time) => time < FirstMeant ? null : time;

    /// <summary>The earlier of two times of which either may be unknown.</summary>
    internal static DateTimeOffset? Earliest(DateTimeOffset? a, DateTimeOffset? b) => a < b || b is null ? a : b;
}
