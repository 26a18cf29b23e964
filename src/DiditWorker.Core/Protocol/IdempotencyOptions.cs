using System.ComponentModel.DataAnnotations;

namespace DiditWorker.Protocol;

/// <summary>What to do with a message while Redis cannot be asked.</summary>
public enum WhenRedisUnavailable
{
    /// <summary>Hold the message until Redis is back.</summary>
    Wait,

    /// <summary>
    /// Go on without a record: create for fresh messages, look up first for the others. Concurrent duplicates are then not held apart.
    /// </summary>
    Proceed,
}

/// <summary>What to make of a stored answer that is not encrypted, where a key is set.</summary>
public enum UnencryptedAnswers
{
    /// <summary>Take it: it was stored before there was a key. So is one that somebody else wrote into Redis.</summary>
    Read,

    /// <summary>Neither trust nor overwrite it; the message waits until the record ends.</summary>
    Refuse,
}

/// <summary>Settings of section <c>Idempotency</c>.</summary>
public sealed record IdempotencyOptions
{
    /// <summary>Operation and environment; part of the key. Changing it makes every message new.</summary>
    /// <remarks>Allowed: <c>[a-z0-9][a-z0-9.-]{0,63}</c>.</remarks>
    [RegularExpression("[a-z0-9][a-z0-9.-]{0,63}", ErrorMessage = "expected to match [a-z0-9][a-z0-9.-]{{0,63}}")]
    public string Scope { get; init; } = "start-verification";

    /// <summary>What stands before <c>{key}</c> in the names in Redis.</summary>
    /// <remarks>Allowed: no braces or blanks.</remarks>
    [RegularExpression("[^{} ]*", ErrorMessage = "must hold no braces or blanks: the key itself is the hash tag")]
    public string KeyPrefix { get; init => field = value.Replace("{key}", "", StringComparison.Ordinal); } = "didit:";

    /// <summary>How long one owner may work on a key before another may take over.</summary>
    /// <remarks>Longer than <c>Didit:TotalTimeout</c>.</remarks>
    [TimeRange("00:00:00.050", "01:00:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// What to do with a message while Redis cannot be asked: <c>Wait</c> holds it; <c>Proceed</c> goes on without a record, and then
    /// nothing holds duplicates apart.
    /// </summary>
    public WhenRedisUnavailable WhenRedisUnavailable { get; init; } = WhenRedisUnavailable.Wait;

    /// <summary>Failed attempts (while others succeed), or deliveries that died with their worker, before a message is parked.</summary>
    [NumberRange(1, 1000)]
    public int MaximumAttempts { get; init; } = 10;

    /// <summary>
    /// A file with keys. Set, stored answers are encrypted (AES-256-GCM, bound to the record's name); not set, a warning at start. One key
    /// a line: the first writes, all read.
    /// </summary>
    /// <remarks>Allowed: base64 of 32 bytes (<c>openssl rand -base64 32</c>).</remarks>
    public string? EncryptionKeyFile { get; init; }

    /// <summary>
    /// What to make of a stored answer that is not encrypted: <c>Read</c>, for the window after a key was first set; <c>Refuse</c>, so that
    /// nobody who can write to Redis can plant one: the message waits.
    /// </summary>
    /// <remarks>Allowed: <c>Refuse</c> needs a key.</remarks>
    public UnencryptedAnswers UnencryptedAnswers { get; init; } = UnencryptedAnswers.Read;

    /// <summary>
    /// How long a record is kept, counted from the first attempt: Didit's window. With a shorter window, or none, long enough
    /// to keep concurrent deliveries apart.
    /// </summary>
    public TimeSpan RetentionFor(TimeSpan window) => window > Lease * 2 ? window : Lease * 2;
}
