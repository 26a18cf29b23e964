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
    /// <summary>
    /// Operation and environment; part of the key. Default <c>start-verification</c>. Matches <c>[a-z0-9][a-z0-9.-]{0,63}</c>.
    /// </summary>
    public string Scope { get; init; } = "start-verification";

    /// <summary>What stands before <c>{key}</c> in the name of the Redis key. Default <c>didit:</c>.</summary>
    public string KeyPrefix { get; init; } = "didit:";

    /// <summary>
    /// How long one owner may work before another may take over. Longer than <c>Didit:TotalTimeout</c>. Default 2 minutes.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Default <see cref="WhenRedisUnavailable.Wait"/>.</summary>
    public WhenRedisUnavailable WhenRedisUnavailable { get; init; } = WhenRedisUnavailable.Wait;

    /// <summary>After how many failed attempts a message is parked, if others succeed meanwhile. Default 10.</summary>
    public int MaximumAttempts { get; init; } = 10;

    /// <summary>
    /// File with base64 keys of 32 bytes, one a line; set, the first one encrypts stored answers (AES-256-GCM). Default null.
    /// </summary>
    public string? EncryptionKeyFile { get; init; }

    /// <summary>Default <see cref="UnencryptedAnswers.Read"/>, for the window after a key was first set.</summary>
    public UnencryptedAnswers UnencryptedAnswers { get; init; } = UnencryptedAnswers.Read;

    /// <summary>
    /// How long a record is kept, counted from the first attempt: Didit's window. With a shorter window, or none, long enough
    /// to keep concurrent deliveries apart.
    /// </summary>
    public TimeSpan RetentionFor(TimeSpan window) => window > Lease * 2 ? window : Lease * 2;
}
