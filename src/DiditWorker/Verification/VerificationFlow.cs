using System.Security.Cryptography;
using System.Text.Json;
using DiditWorker.Didit;
using DiditWorker.Idempotency;

namespace DiditWorker.Verification;

/// <summary>From a valid request to its one session: claim → decide → call → complete, again until there is an answer.</summary>
public sealed partial class VerificationFlow(
    IdempotencyStore store,
    SessionCreator creator,
    Availability availability,
    DiditOptions didit,
    IdempotencyOptions idempotency,
    StartVerificationOptions options,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<VerificationFlow> logger)
{
    private readonly DecisionSettings _settings = new(
        didit.IdempotencyWindow, didit.WindowMargin, didit.LookupBeforeResend, idempotency.WhenRedisUnavailable, idempotency.MaximumAttempts);

    /// <summary>Answers one delivery, however long that takes within the bounds of <see cref="Hold"/>.</summary>
    /// <exception cref="ParkedException">There is no session for it, and only a person can change that.</exception>
    /// <exception cref="ReturnToQueueException">It was held for too long.</exception>
    /// <exception cref="OperationCanceledException">The worker stops.</exception>
    public async Task<Answer> AnswerAsync(Delivery delivery, VerificationRequest request, CancellationToken cancellation)
    {
        var work = new Work(delivery, request, Fingerprint.Of(request.Payload), OwnerToken.Create())
        {
            MaybeAttempted = delivery.MaybeAttempted,
            SuccessesSeen = availability.Successes,
            Hold = new Hold(time, options.MaximumHold, lifetime.ApplicationStopping),
        };
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            work.ClaimedAt = time.GetTimestamp();
            var memory = await ClaimAsync(work);
            var evidence = new Evidence(work.Fingerprint, delivery.PublishedAt, work.MaybeAttempted);
            var decision = Decision.Make(memory, evidence, _settings, time.GetUtcNow());
            Log.Decided(logger, delivery.Key, decision.Outcome, decision.Because);
            switch (decision.Outcome)
            {
                case Outcome.AnswerFromRecord:
                    return new(DiditSession.FromPayload(memory.Record!.Payload), "replayed");
                case Outcome.Reject:
                    throw Rejection(memory.Record!, work);
                case Outcome.Park:
                    await ReleaseAsync(work, Release.Reset);
                    throw Parked(memory, decision, work);
                case Outcome.Wait:
                    await work.Hold.PollAsync(decision.Because);
                    break;
                default:
                    if (await AttemptAsync(work, memory, decision, cancellation) is { } answer)
                    {
                        return answer;
                    }

                    break;
            }
        }
    }

    // None: ask again from the start.
    private async Task<Answer?> AttemptAsync(Work work, Memory memory, Decision decision, CancellationToken cancellation)
    {
        if (!availability.TryEnter(out var turn))
        {
            await ReleaseAsync(work, Unsent(work));
            await work.Hold.ForAsync(availability.WaitAsync, "Didit is paused");
            return null;
        }

        using (turn)
        {
            var attempt = NewAttempt(work, memory, decision);
            var reply = await CallAsync(work, attempt, cancellation);
            work.MaybeAttempted |= attempt.MaybeSent;
            work.LastSent = attempt.MaybeSent ? time.GetUtcNow() : work.LastSent;
            switch (reply.Kind)
            {
                case ReplyKind.Created or ReplyKind.Adopted:
                    var outcome = reply.Kind == ReplyKind.Created ? "created" : "adopted";
                    return await CompleteAsync(work, memory, RecordState.Completed, reply.Session!.ToPayload()) ? new(reply.Session, outcome) : null;
                case ReplyKind.Refused:
                    var stored = JsonSerializer.Serialize(reply.Why, RefusalJson.Default.String);
                    return await CompleteAsync(work, memory, RecordState.Refused, stored) ? throw Refused(reply.Why, work) : null;
                case ReplyKind.Several:
                    await ReleaseAsync(work, Release.Reset);
                    throw new AmbiguousSessionException(
                        "an earlier attempt may have made one of these sessions; choose one and adopt it, or release the key: " + reply.Why)
                    {
                        VendorData = work.Request.VendorData,
                        WorkflowId = work.Request.WorkflowId,
                    };
                case ReplyKind.LeaseLost:
                    return null;
                default:
                    // It counts against this message only if others succeed meanwhile.
                    var counts = attempt.MaybeSent && availability.Successes > work.SuccessesSeen;
                    work.SuccessesSeen = availability.Successes;
                    work.Conflicted |= reply.Kind == ReplyKind.Conflict;
                    await ReleaseAsync(work, counts ? Release.Keep : Unsent(work));
                    Log.AttemptFailed(logger, work.Delivery.Key, reply.Kind, reply.Why);
                    break;
            }
        }

        await work.Hold.BackOffAsync("Didit gave no conclusive reply");
        return null;
    }

    private CreateAttempt NewAttempt(Work work, Memory memory, Decision decision)
    {
        // Where there is no record, a redelivered message may have been sent a moment ago, and an old one long ago.
        var record = memory.Record;
        var recorded = record?.LeaseUntil > record?.LastAttempt ? record?.LeaseUntil : record?.LastAttempt;
        var lastAttempt = work.LastSent ?? recorded ?? (work.MaybeAttempted ? time.GetUtcNow() : null);
        var published = work.Delivery.PublishedAt;
        var first = memory.Record?.FirstAttempt < published ? memory.Record.FirstAttempt : published;
        return new()
        {
            Request = new(work.Delivery.Key, work.Request.VendorData, work.Request.WorkflowId, work.Request.Payload),

            // After a 409 Didit itself wants the original to be fetched, whatever the settings trust.
            LookUpFirst = decision.Outcome == Outcome.LookUpThenCreate || work.Conflicted,
            NotBefore = first - didit.WindowMargin,
            LastAttempt = lastAttempt,
            KeepLease = () => KeepLeaseAsync(work, memory),
        };
    }

    private async Task<DiditReply> CallAsync(Work work, CreateAttempt attempt, CancellationToken cancellation)
    {
        try
        {
            return await creator.RunAsync(attempt, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The worker stops while this waits: the next one need not wait for the lease.
            work.MaybeAttempted |= attempt.MaybeSent;
            await ReleaseAsync(work, Unsent(work));
            throw;
        }
    }

    // A request must not outlive the lease, or two owners could have one under way.
    private async Task<bool> KeepLeaseAsync(Work work, Memory memory)
    {
        if (!memory.Available || time.GetElapsedTime(work.ClaimedAt) + (didit.AttemptTimeout * 1.5) < idempotency.Lease)
        {
            return true;
        }

        var asked = time.GetTimestamp();
        try
        {
            var kept = await store.RenewAsync(work.Delivery.Key, work.Owner);
            work.ClaimedAt = asked;
            return kept;
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            Log.RedisUnavailable(logger, exception.GetType().Name);
            return false;
        }
    }

    private async Task<Memory> ClaimAsync(Work work)
    {
        try
        {
            return await store.ClaimAsync(work.Delivery.Key, work.Fingerprint, work.Owner);
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            Log.RedisUnavailable(logger, exception.GetType().Name);
            return Memory.Unavailable;
        }
        catch (Exception exception) when (exception is UnknownRecordException or CryptographicException or FormatException)
        {
            // Nothing is lost while it waits: a newer worker, or this one with the right key file, can read the record.
            Log.RecordUnreadable(logger, work.Delivery.Key, exception.Message);
            await work.Hold.BackOffAsync("the record cannot be read");
            return new(Available: true, Record: null, Owned: false);
        }
    }

    // An answer that cannot be written is kept in memory until it can, or until another owner has taken over.
    private async Task<bool> CompleteAsync(Work work, Memory memory, RecordState state, string payload)
    {
        var first = memory.Record?.FirstAttempt ?? time.GetUtcNow();
        while (true)
        {
            try
            {
                return await store.CompleteAsync(work.Delivery.Key, state, work.Fingerprint, work.Owner, first, payload);
            }
            catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
            {
                Log.RedisUnavailable(logger, exception.GetType().Name);
                if (idempotency.WhenRedisUnavailable == WhenRedisUnavailable.Proceed)
                {
                    return true;
                }

                await work.Hold.PollAsync("the answer cannot be stored");
            }
        }
    }

    // A key that cannot be given back stays until its lease is over; the record then counts as ambiguous, which is safe.
    private async Task ReleaseAsync(Work work, Release how)
    {
        try
        {
            await store.ReleaseAsync(work.Delivery.Key, work.Owner, how);
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            Log.RedisUnavailable(logger, exception.GetType().Name);
        }
    }

    private static Release Unsent(Work work) => work.MaybeAttempted ? Release.Uncounted : Release.Forget;

    private static ParkedException Rejection(IdempotencyRecord record, Work work) => record.Fingerprint != work.Fingerprint
        ? new PayloadMismatchException("another payload came first under this request id; publish a changed request under a new one")
        {
            VendorData = work.Request.VendorData,
            WorkflowId = work.Request.WorkflowId,
        }
        : Refused(JsonSerializer.Deserialize(record.Payload, RefusalJson.Default.String)!, work);

    private static RefusedByDiditException Refused(string why, Work work) => new(why)
    {
        VendorData = work.Request.VendorData,
        WorkflowId = work.Request.WorkflowId,
    };

    private ParkedException Parked(Memory memory, Decision decision, Work work) => memory.Record?.Attempts >= idempotency.MaximumAttempts
        ? new AttemptsExhaustedException($"it failed {idempotency.MaximumAttempts} times while others succeeded")
        {
            VendorData = work.Request.VendorData,
            WorkflowId = work.Request.WorkflowId,
        }
        : new AmbiguousSessionException(decision.Because)
        {
            VendorData = work.Request.VendorData,
            WorkflowId = work.Request.WorkflowId,
        };

    private sealed record Work(Delivery Delivery, VerificationRequest Request, string Fingerprint, string Owner)
    {
        public required bool MaybeAttempted { get; set; }

        public required Hold Hold { get; init; }

        public required long SuccessesSeen { get; set; }

        public bool Conflicted { get; set; }

        public DateTimeOffset? LastSent { get; set; }

        public long ClaimedAt { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(101, LogLevel.Debug, "{Key}: {Outcome}, since {Because}")]
        public static partial void Decided(ILogger logger, IdempotencyKey key, Outcome outcome, string because);

        [LoggerMessage(102, LogLevel.Warning, "{Key}: the attempt ended as {Kind} ({Why}); trying again later")]
        public static partial void AttemptFailed(ILogger logger, IdempotencyKey key, ReplyKind kind, string why);

        [LoggerMessage(103, LogLevel.Warning, "Redis cannot be asked ({Error})")]
        public static partial void RedisUnavailable(ILogger logger, string error);

        [LoggerMessage(104, LogLevel.Error, "{Key}: the record cannot be read: {Error}")]
        public static partial void RecordUnreadable(ILogger logger, IdempotencyKey key, string error);
    }
}
