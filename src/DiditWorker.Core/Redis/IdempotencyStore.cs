using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using DiditWorker.Observability;
using DiditWorker.Protocol;
using StackExchange.Redis;

namespace DiditWorker.Redis;

/// <summary>
/// The records in Redis. Every write is one script in one hash slot, fenced by the owner token, and takes one round trip;
/// time is Redis' own. Failures to reach Redis surface as they are, see <see cref="RedisConnection.IsUnavailable"/>.
/// </summary>
public sealed class IdempotencyStore(
    RedisConnection redis, IdempotencyOptions options, TimeSpan window, AnswerCipher cipher, WorkerMetrics metrics)
{
    private static readonly RedisScript PeekScript = RedisScript.Of("peek");
    private static readonly RedisScript ClaimScript = RedisScript.Of("claim");
    private static readonly RedisScript RenewScript = RedisScript.Of("renew");
    private static readonly RedisScript CompleteScript = RedisScript.Of("complete");
    private static readonly RedisScript ReleaseScript = RedisScript.Of("release");
    private static readonly RedisScript ForgetScript = RedisScript.Of("forget");

    private readonly RedisValue _lease = Milliseconds(options.Lease);
    private readonly RedisValue _retention = Milliseconds(options.RetentionFor(window));

    /// <summary>
    /// Whether this failure means that a record cannot be read: it is of another version, damaged, or encrypted with a key that is not
    /// there.
    /// </summary>
    public static bool IsUnreadable(Exception exception) =>
        exception is UnknownRecordException or CryptographicException or FormatException;

    /// <summary>The name of a key's record. The braces are the hash tag of Redis Cluster.</summary>
    public string RedisKey(IdempotencyKey key) => $"{options.KeyPrefix}{{{key}}}";

    /// <summary>
    /// Makes <paramref name="owner"/> the owner of the key, unless it is answered, another payload came first, or another owner's lease is
    /// live. Asking again with the same owner is safe. The record returned is the one from before.
    /// </summary>
    /// <param name="key">Which record.</param>
    /// <param name="fingerprint">Of the payload.</param>
    /// <param name="owner">A token of its own.</param>
    /// <param name="asksAgain">Whether a refusal by Didit does not count as an answer.</param>
    /// <exception cref="UnknownRecordException">The record is of another version.</exception>
    public async Task<Memory> ClaimAsync(IdempotencyKey key, string fingerprint, string owner, bool asksAgain = false)
    {
        var reply = (RedisValue[])(await RunAsync(ClaimScript, key, fingerprint, owner, _lease, _retention, asksAgain ? "1" : "0"))!;
        var record = Read(key, reply[2]);
        var granted = TimeSpan.FromMilliseconds((long)reply[1]);
        var owned = granted > TimeSpan.Zero;
        var result = ClaimResult(record, owned, fingerprint);
        metrics.Claimed(result);
        Activity.Current?.AddEvent(new("claimed", tags: new() { ["diditworker.claim"] = result }));

        // Its own live first claim, asked again because the reply was lost. One that it gave back may carry an earlier owner's attempt.
        var now = Time(reply[0]);
        var isOwnClaim = owned && record is { Attempts: <= 1 } own && own.Owner == owner && own.LeaseUntil > now;
        return new(Available: true, isOwnClaim ? null : record, owned) { At = now, Horizon = Time(reply[3]), Granted = granted };
    }

    /// <summary>What a claim would find, without claiming: <see cref="Memory.Owned"/> says whether it would be given the key.</summary>
    /// <param name="key">Which record.</param>
    /// <param name="asksAgain">Whether to the claim a refusal by Didit would not count as an answer.</param>
    /// <returns>That, and how long the record lives on.</returns>
    /// <exception cref="UnknownRecordException">The record is of another version.</exception>
    public async Task<(Memory Memory, TimeSpan? Ttl)> PeekAsync(IdempotencyKey key, bool asksAgain = false)
    {
        var reply = (RedisValue[])(await RunAsync(PeekScript, key))!;
        var now = Time(reply[0]);
        var record = Read(key, reply[1]);
        var owned = record is null || (record.State == RecordState.InProgress && record.LeaseUntil <= now)
            || (record.State == RecordState.Refused && asksAgain);

        // Without a marker a claim would write it: Redis remembers from now on.
        var memory = new Memory(Available: true, record, owned) { At = now, Horizon = reply[3].IsNullOrEmpty ? now : Time(reply[3]) };
        return (memory, (long)reply[2] is >= 0 and var ttl ? TimeSpan.FromMilliseconds(ttl) : null);
    }

    /// <summary>Extends the lease, unless it was given back.</summary>
    /// <returns>How long it lasts, counted from before this was asked. Null: the key is not this owner's, and nothing may be sent any
    /// more.</returns>
    public async Task<TimeSpan?> RenewAsync(IdempotencyKey key, string owner) =>
        (long)await RunAsync(RenewScript, key, owner, _lease, _retention) is > 0 and var granted
            ? TimeSpan.FromMilliseconds(granted)
            : null;

    /// <summary>Writes the answer. False: somebody else owns or has answered the key, and this answer must not be used.</summary>
    /// <param name="key">Which record.</param>
    /// <param name="state"><see cref="RecordState.Completed"/> or <see cref="RecordState.Refused"/>.</param>
    /// <param name="fingerprint">Written where Redis has lost the record meanwhile.</param>
    /// <param name="owner">The token that claimed.</param>
    /// <param name="firstAttempt">Likewise for a lost record.</param>
    /// <param name="payload">The stored answer.</param>
    public async Task<bool> CompleteAsync(
        IdempotencyKey key, RecordState state, string fingerprint, string owner, DateTimeOffset firstAttempt, string payload)
    {
        var versionAndState = state == RecordState.Completed ? "1 C" : "1 R";
        var reply = (RedisValue[])(await RunAsync(CompleteScript, key, versionAndState, fingerprint, owner,
            firstAttempt.ToUnixTimeMilliseconds(), _retention, _lease, cipher.Protect(RedisKey(key), payload)))!;

        // A completion whose reply was lost finds its own answer there.
        return reply[0] == "1" || Read(key, reply[1]) is { State: not RecordState.InProgress } standing && standing.Owner == owner;
    }

    /// <summary>Gives the key back. False: it belonged to somebody else already.</summary>
    /// <param name="key">Which record.</param>
    /// <param name="owner">The token that claimed.</param>
    /// <param name="how">What that says of the attempt.</param>
    /// <param name="note">What became of the attempts so far; null: the record keeps the note that it has.</param>
    public async Task<bool> ReleaseAsync(IdempotencyKey key, string owner, ReleaseMode how, AttemptNote? note = null)
    {
        var mode = how switch
        {
            ReleaseMode.Forget => "forget",
            ReleaseMode.Keep => "keep",
            ReleaseMode.Reset => "reset",
            _ => "uncounted",
        };
        var text = note is null ? "" : cipher.Protect(RedisKey(key), note.ToText());
        return (int)await RunAsync(ReleaseScript, key, owner, mode, _retention, _lease, text) == 1;
    }

    /// <summary>Deletes a record, for a person who has looked at it. False: it has changed since, or its lease is live.</summary>
    /// <param name="key">Which record.</param>
    /// <param name="seen">As <see cref="PeekAsync"/> showed it.</param>
    public async Task<bool> ForgetAsync(IdempotencyKey key, IdempotencyRecord seen) =>
        (int)await RunAsync(ForgetScript, key, seen.Head()) == 1;

    private async Task<RedisResult> RunAsync(RedisScript script, IdempotencyKey key, params RedisValue[] arguments)
    {
        var started = Stopwatch.GetTimestamp();

        // Names: OpenTelemetry's semantic conventions for database calls.
        using var span = WorkerTracing.Source.StartActivity(script.Name, ActivityKind.Client)?
            .SetTag("db.system.name", "redis").SetTag("db.operation.name", script.Name);
        try
        {
            var database = await redis.DatabaseAsync();
            RedisKey record = RedisKey(key);
            RedisKey[] keys = script == ClaimScript || script == PeekScript
                ? [record, HorizonMarkers.For(database.Multiplexer, options.KeyPrefix, record)]
                : [record];
            return await script.RunAsync(database, keys, arguments);
        }
        catch (RedisServerException exception) when (exception.Message.Contains("WRONGTYPE", StringComparison.Ordinal))
        {
            // Redis works: somebody else wrote there.
            throw new UnknownRecordException();
        }
        finally
        {
            metrics.RedisTook(Stopwatch.GetElapsedTime(started));
        }
    }

    private IdempotencyRecord? Read(IdempotencyKey key, RedisValue text)
    {
        if (text.IsNullOrEmpty)
        {
            return null;
        }

        var record = IdempotencyRecord.Parse(text!);
        try
        {
            return record with { Payload = cipher.Unprotect(RedisKey(key), record.Payload) };
        }
        catch (Exception exception) when (record.State == RecordState.InProgress && exception is CryptographicException or FormatException)
        {
            // A note only helps: one that cannot be read or is not trusted is none.
            return record with { Payload = "" };
        }
    }

    private static DateTimeOffset Time(RedisValue milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);

    private static string ClaimResult(IdempotencyRecord? record, bool owned, string fingerprint) => record switch
    {
        null => "acquired",
        _ when record.Fingerprint != fingerprint => "mismatch",
        { State: not RecordState.InProgress } when !owned => "answered",
        _ => owned ? "taken_over" : "held",
    };

    private static RedisValue Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
