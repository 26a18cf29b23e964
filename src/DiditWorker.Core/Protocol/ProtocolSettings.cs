namespace DiditWorker.Protocol;

/// <summary>When a look-up comes before a create that may not be the first.</summary>
public enum LookupBeforeResend
{
    /// <summary>Whenever an earlier attempt is possible. Relies on nothing but the look-up.</summary>
    Always,

    /// <summary>Before every create, whatever Redis says: for a Redis that may lose single records without anybody noticing.</summary>
    EveryCreate,

    /// <summary>Only outside the window; inside it Didit is trusted to honour <c>Idempotency-Key</c>.</summary>
    OutsideWindow,

    /// <summary>Not at all: inside the window the key is trusted, outside it the message is parked.</summary>
    Never,
}

/// <summary>The settings that the protocol depends on.</summary>
/// <param name="Window">How long Didit is taken to remember a key; zero: not at all.</param>
/// <param name="Margin">Clock differences and the time of a request: what the window is taken to be shorter by.</param>
/// <param name="Lookup">When to look up.</param>
/// <param name="WhenRedisUnavailable">Whether to go on without Redis.</param>
/// <param name="MaximumAttempts">Failures that count against a message, after which it is parked.</param>
public readonly record struct ProtocolSettings(
    TimeSpan Window, TimeSpan Margin, LookupBeforeResend Lookup, WhenRedisUnavailable WhenRedisUnavailable, int MaximumAttempts)
{
    /// <summary>How long Didit's list may lag behind a create.</summary>
    public TimeSpan LookupDelay { get; init; }

    /// <summary>What a request that starts now is taken to last at most.</summary>
    public TimeSpan LongestRequest { get; init; }
}

/// <summary>What Redis said of the key.</summary>
/// <param name="Available">Whether Redis answered.</param>
/// <param name="Record">The record as it was before this delivery claimed it; null if there was none.</param>
/// <param name="Owned">Whether this delivery owns the key now.</param>
public sealed record Memory(bool Available, IdempotencyRecord? Record, bool Owned)
{
    /// <summary>
    /// When, by the clock of Redis: what ages of records are measured with, since the clocks of hosts differ. Null without Redis.
    /// </summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>
    /// Since when Redis is known to remember, by its own clock; the epoch where an operator said that nothing was lost. Null without Redis.
    /// </summary>
    public DateTimeOffset? Horizon { get; init; }

    /// <summary>
    /// How long the lease lasts that the owner was given, counted from before it asked. Zero for who does not own the key.
    /// </summary>
    public TimeSpan Granted { get; init; }

    /// <summary>Whether a request could have been sent within the last <paramref name="period"/> and Redis not know of it.</summary>
    public bool MayHaveForgotten(TimeSpan period) => At - Horizon < period;

    /// <summary>Redis did not answer.</summary>
    public static Memory Unavailable { get; } = new(Available: false, Record: null, Owned: false);
}

/// <summary>What the message itself says.</summary>
/// <param name="Fingerprint">Of its payload.</param>
/// <param name="PublishedAt">When it was published, if it says so.</param>
/// <param name="MaybeAttempted">Signs of an earlier attempt: redelivered, replayed, or sent in this very delivery without a clear
/// reply.</param>
public sealed record Evidence(string Fingerprint, DateTimeOffset? PublishedAt, bool MaybeAttempted)
{
    /// <summary>From when on no session is to be made for it; null: at any time.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Whether the deadline is over.</summary>
    public bool IsExpired { get; init; }

    /// <summary>Whether an operator replays it: then what Didit has refused is asked again.</summary>
    public bool AsksAgain { get; init; }
}
