using System.Security.Cryptography;
using DiditWorker.Didit;
using DiditWorker.Observability;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Verification;

/// <summary>
/// One delivery at work on its key: what it knows, what it may have sent, and its dealings with the record while Redis may be away.
/// </summary>
internal sealed partial class KeyWork(
    DeliveryProgress progress, Delivery delivery, VerificationRequest request, Hold hold, IdempotencyStore store, DiditOptions didit,
    IdempotencyOptions idempotency, RedisTrouble trouble, UnreadableRecords unreadable,
    WorkerMetrics metrics, TimeProvider time, ILogger logger)
{
    private readonly string _owner = OwnerToken.Create();
    private long _claimedAt;
    private string? _unusedSession;

    public DeliveryProgress Progress => progress;

    public Delivery Delivery => delivery;

    public VerificationRequest Request => request;

    public Hold Hold => hold;

    public string Fingerprint { get; } = Protocol.Fingerprint.Of(request.Payload);

    /// <summary>When this delivery came, if its message had been delivered before.</summary>
    public DateTimeOffset? RedeliveredAt { get; } = delivery.MaybeAttempted ? time.GetUtcNow() : null;

    /// <summary>Signs of an earlier attempt: of an earlier delivery, or of this one.</summary>
    public bool MaybeAttempted { get; private set; } = delivery.MaybeAttempted;

    /// <summary>When this delivery last sent something that has no clear reply.</summary>
    public DateTimeOffset? LastSent { get; private set; }

    /// <summary>Whether Didit has answered 409.</summary>
    public bool Conflicted { get; set; }

    /// <summary>How many creates Didit had answered when this delivery last failed.</summary>
    public required long SuccessesSeen { get; set; }

    /// <summary>Takes down what an attempt left behind.</summary>
    public void Learn(CreateAttempt attempt)
    {
        MaybeAttempted |= attempt.MaybeSent;
        LastSent = attempt.MaybeSent ? time.GetUtcNow() : LastSent;
    }

    /// <summary>Claims the key. That Redis cannot be asked is an answer too.</summary>
    public async Task<Memory> ClaimAsync()
    {
        try
        {
            _claimedAt = time.GetTimestamp();
            return StoredAnswer.Checked(await store.ClaimAsync(delivery.Key, Fingerprint, _owner));
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            trouble.Note(exception);
            return Memory.Unavailable;
        }
        catch (Exception exception) when (IsUnreadable(exception))
        {
            // Nothing is lost while it waits: a newer worker, or this one with the right key file, can read the record.
            NoteUnreadable(exception);
            await hold.BackOffAsync("the record cannot be read");
            return new(Available: true, Record: null, Owned: false);
        }
    }

    /// <summary>Renews the lease each time that half of it is over, until the timer is disposed or somebody else owns the key.</summary>
    public async Task RenewAtAsync(PeriodicTimer halfLease)
    {
        while (await halfLease.WaitForNextTickAsync() && await RenewAsync())
        {
        }
    }

    /// <summary>Before every request: it must not outlive the lease, or two owners could have one under way. False: do not send.</summary>
    public async Task<bool> KeepLeaseAsync()
    {
        if (time.GetElapsedTime(_claimedAt) + didit.LongestRequest < idempotency.Lease)
        {
            return true;
        }

        return await RenewAsync();
    }

    private static bool IsUnreadable(Exception exception) => exception is UnknownRecordException or CryptographicException or FormatException;

    private void NoteUnreadable(Exception exception)
    {
        if (unreadable.Note(delivery.Key))
        {
            Log.RecordUnreadable(logger, delivery.Key, exception.Message);
        }
    }

    private async Task<bool> RenewAsync()
    {
        try
        {
            var asked = time.GetTimestamp();
            var kept = await store.RenewAsync(delivery.Key, _owner);
            _claimedAt = asked;
            return kept is not null;
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            trouble.Note(exception);
            return false;
        }
    }

    /// <summary>The session of an answered record. Another one that this delivery got from Didit and could not store is one too many.</summary>
    public DiditSession Recorded(IdempotencyRecord record)
    {
        var session = DiditSession.FromPayload(record.Payload);
        if (_unusedSession is not null && _unusedSession != session.Id)
        {
            metrics.DuplicateSession(WorkerMetrics.DuplicateFoundByRecord);
            Log.DuplicateSession(logger, delivery.Key, _unusedSession, session.Id);
        }

        return session;
    }

    /// <summary>Stores a session as the answer, see the other overload.</summary>
    public async Task<bool> CompleteAsync(Memory memory, DiditSession session)
    {
        var stored = await CompleteAsync(memory, RecordState.Completed, session.ToPayload());
        _unusedSession = stored ? null : session.Id;
        return stored;
    }

    /// <summary>
    /// Stores the answer; one that cannot be stored is kept until it can, or until another owner has taken over. False: it must not be used.
    /// </summary>
    public async Task<bool> CompleteAsync(Memory memory, RecordState state, string payload)
    {
        var first = memory.Record?.FirstAttempt ?? time.GetUtcNow();
        while (true)
        {
            try
            {
                return await store.CompleteAsync(delivery.Key, state, Fingerprint, _owner, first, payload);
            }
            catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
            {
                trouble.Note(exception);
                if (idempotency.WhenRedisUnavailable == WhenRedisUnavailable.Proceed)
                {
                    return true;
                }

                await hold.PollAsync("the answer cannot be stored");
            }
            catch (Exception exception) when (IsUnreadable(exception))
            {
                // A newer worker has taken over meanwhile. The next claim meets its record too, and waits.
                NoteUnreadable(exception);
                return false;
            }
        }
    }

    /// <summary>Gives the key back after an attempt that counts neither as made nor as failed.</summary>
    public Task ReleaseAsync() => ReleaseAsync(MaybeAttempted ? Release.Uncounted : Release.Forget);

    /// <summary>Gives the key back. If Redis is away the lease runs out instead, and the record counts as ambiguous, which is safe.</summary>
    public async Task ReleaseAsync(Release how)
    {
        try
        {
            await store.ReleaseAsync(delivery.Key, _owner, how);
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            trouble.Note(exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(105, LogLevel.Error, "{Key}: a duplicate session: Didit made {Second}, but the record has {First}")]
        public static partial void DuplicateSession(ILogger logger, IdempotencyKey key, string second, string first);

        [LoggerMessage(104, LogLevel.Error, "{Key}: the record cannot be read: {Error}")]
        public static partial void RecordUnreadable(ILogger logger, IdempotencyKey key, string error);
    }
}
