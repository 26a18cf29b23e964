using System.Text.Json;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Verification;

/// <summary>
/// What a delivery does with its record. That Redis cannot be asked, or the record not be read, is an event like any other.
/// </summary>
public sealed partial class RecordSteps(
    IdempotencyStore store, RedisTrouble trouble, UnreadableRecords unreadable, TimeProvider time, ILogger<RecordSteps> logger)
{
    /// <summary>A hold on a key, not taken yet.</summary>
    public Lease Lease(IdempotencyKey key, string fingerprint) => new(store, key, fingerprint, time, trouble);

    /// <summary>Claims the key.</summary>
    public async Task<DeliveryEvent> ClaimAsync(Work work)
    {
        try
        {
            var memory = StoredAnswer.Checked(await work.Lease.ClaimAsync(work.Delivery.IsReplay));
            trouble.Over();
            work.IsClaimed = true;
            return new(EventKind.Claimed, time.GetUtcNow()) { Memory = memory };
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            NoteAway(work.Delivery, exception);
            work.IsClaimed = false;
            return new(EventKind.Claimed, time.GetUtcNow()) { Memory = Memory.Unavailable };
        }
        catch (Exception exception) when (IdempotencyStore.IsUnreadable(exception))
        {
            // Nothing is lost while it waits: a newer worker, or this one with the right key file, can read the record.
            Note(work.Delivery.Key, exception);
            return new(EventKind.RecordUnreadable, time.GetUtcNow());
        }
    }

    /// <summary>Stores the answer.</summary>
    public async Task<DeliveryEvent> CompleteAsync(Work work, Effect effect)
    {
        try
        {
            var (state, payload) = effect.Session is { } session
                ? (RecordState.Completed, session.ToPayload())
                : (RecordState.Refused, JsonSerializer.Serialize(effect.Reason, RefusalJson.Default.String));
            var stored = await work.Lease.CompleteAsync(state, effect.FirstAttempt, payload);
            return new(stored ? EventKind.Stored : EventKind.Fenced, time.GetUtcNow());
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            NoteAway(work.Delivery, exception);
            return new(EventKind.NotStored, time.GetUtcNow());
        }
        catch (Exception exception) when (IdempotencyStore.IsUnreadable(exception))
        {
            // A newer worker has taken over meanwhile. The next claim meets its record too, and waits.
            Note(work.Delivery.Key, exception);
            return new(EventKind.Fenced, time.GetUtcNow());
        }
    }

    /// <summary>
    /// Gives the key back. If Redis is away the lease runs out instead, and the record counts as ambiguous, which is safe.
    /// </summary>
    public async Task<DeliveryEvent> ReleaseAsync(Work work, Effect effect)
    {
        return new(await TryAsync(), time.GetUtcNow());

        async Task<EventKind> TryAsync()
        {
            try
            {
                return await work.Lease.ReleaseAsync(effect.Release, effect.Note) ? EventKind.Released : EventKind.LeaseLost;
            }
            catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
            {
                NoteAway(work.Delivery, exception);
                return EventKind.LeaseUnknown;
            }
            catch (UnknownRecordException exception)
            {
                Note(work.Delivery.Key, exception);
                return EventKind.LeaseLost;
            }
        }
    }

    private void NoteAway(Delivery delivery, Exception exception) => trouble.Note(exception, $"{delivery.RequestId} {delivery.Key}");

    private void Note(IdempotencyKey key, Exception exception)
    {
        if (unreadable.Note(key))
        {
            Log.RecordUnreadable(logger, key, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(104, LogLevel.Error, "{Key}: the record cannot be read: {Error}")]
        public static partial void RecordUnreadable(ILogger logger, IdempotencyKey key, string error);
    }
}
