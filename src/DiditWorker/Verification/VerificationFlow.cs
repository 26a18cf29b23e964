using System.Diagnostics;
using System.Text.Json;
using DiditWorker.Didit;
using DiditWorker.Observability;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Verification;

/// <summary>From a valid request to its one session: claim → decide → call → complete, again until there is an answer.</summary>
public sealed partial class VerificationFlow(
    IdempotencyStore store,
    SessionCreator creator,
    Availability availability,
    DiditOptions didit,
    IdempotencyOptions idempotency,
    StartVerificationOptions options,
    RedisTrouble trouble,
    UnreadableRecords unreadable,
    WorkerMetrics metrics,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<VerificationFlow> logger)
{
    private readonly DecisionSettings _settings = didit.DecisionSettings(idempotency);

    /// <summary>Answers one delivery, however long that takes within the bounds of <see cref="Hold"/>.</summary>
    /// <exception cref="ParkedException">There is no session for it, and only a person can change that.</exception>
    /// <exception cref="ReturnToQueueException">It was held for too long.</exception>
    /// <exception cref="OperationCanceledException">The worker stops.</exception>
    public async Task<Answer> AnswerAsync(DeliveryProgress progress, Delivery delivery, VerificationRequest request, CancellationToken cancellation)
    {
        var hold = new Hold(time, options.MaximumHold, lifetime.ApplicationStopping);
        var work = new KeyWork(progress, delivery, request, hold, store, didit, idempotency, trouble, unreadable, metrics, time, logger)
        {
            SuccessesSeen = availability.Successes,
        };
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var memory = await work.ClaimAsync();
            var evidence = new Evidence(work.Fingerprint, delivery.PublishedAt, work.MaybeAttempted);
            var decision = Decision.Make(memory, evidence, _settings, memory.At ?? time.GetUtcNow());
            Log.Decided(logger, delivery.Key, decision.Outcome, decision.Because);
            Activity.Current?.AddEvent(new("decided", tags: new() { ["diditworker.decision"] = $"{decision.Outcome}", ["diditworker.because"] = decision.Because }));
            switch (decision.Outcome)
            {
                case Outcome.AnswerFromRecord:
                    return new(work.Recorded(memory.Record!), DeliveryOutcomes.Replayed);
                case Outcome.Reject:
                    throw Rejection(memory.Record!, work);
                case Outcome.Park:
                    await work.ReleaseAsync(Release.Reset);
                    throw Parked(memory, decision);
                case Outcome.Wait:
                    await hold.PollAsync(decision.Because);
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
    private async Task<Answer?> AttemptAsync(KeyWork work, Memory memory, Decision decision, CancellationToken cancellation)
    {
        if (!availability.TryEnter(out var turn))
        {
            // Not claimed again before there is a chance: each claim would look like an attempt of a moment ago, which a look-up waits for.
            await work.ReleaseAsync();
            while (!availability.MayEnter)
            {
                await work.Hold.ForAsync(availability.WaitAsync, "Didit is paused");
            }

            return null;
        }

        using (turn)
        {
            var attempt = NewAttempt(work, memory, decision);
            work.Progress.Attempts++;
            var reply = await CallAsync(work, attempt, cancellation);
            work.Learn(attempt);
            switch (reply.Kind)
            {
                case ReplyKind.Created:
                    return await work.CompleteAsync(memory, reply.Session!) ? new(reply.Session!, DeliveryOutcomes.Created) : null;
                case ReplyKind.Adopted:
                    return await work.CompleteAsync(memory, reply.Session!) ? new(reply.Session!, DeliveryOutcomes.Adopted) : null;
                case ReplyKind.Refused:
                    var refusal = JsonSerializer.Serialize(reply.Why, RefusalJson.Default.String);
                    return await work.CompleteAsync(memory, RecordState.Refused, refusal) ? throw new RefusedByDiditException(reply.Why) : null;
                case ReplyKind.Several:
                    await work.ReleaseAsync(Release.Reset);
                    throw new AmbiguousSessionException(
                        "an earlier attempt may have made one of these sessions; adopt the right one, or publish the request under a new id if none is: " + reply.Why);
                case ReplyKind.LeaseLost:
                    return null;
                default:
                    await FailedAsync(work, attempt, reply);
                    break;
            }
        }

        await work.Hold.BackOffAsync("Didit gave no conclusive reply");
        return null;
    }

    private CreateAttempt NewAttempt(KeyWork work, Memory memory, Decision decision)
    {
        var now = time.GetUtcNow();
        var notBefore = EarlierAttempts.NotBefore(memory, work.Delivery.PublishedAt, didit.WindowMargin, now);
        var first = notBefore + didit.WindowMargin ?? memory.Record?.FirstAttempt;
        return new()
        {
            Request = new(work.Delivery.Key, work.Request.VendorData, work.Request.WorkflowId, work.Request.Payload),

            // After a 409 Didit itself wants the original to be fetched, whatever the settings trust.
            LookUpFirst = decision.Outcome == Outcome.LookUpThenCreate || work.Conflicted,
            NotBefore = notBefore,
            LastAttempt = EarlierAttempts.Latest(memory, work.LastSent, work.RedeliveredAt, now),
            TrustsKey = decision.Outcome == Outcome.Resend && first is not null,

            // With look-ups nothing is repeated on trust, but after a 409, which says itself that Didit remembers.
            TrustedUntil = didit.LookupBeforeResend == LookupBeforeResend.Always
                ? DateTimeOffset.MaxValue
                : (first ?? now) + didit.IdempotencyWindow - didit.WindowMargin - didit.LongestRequest,
            KeepLease = () => memory.Available ? work.KeepLeaseAsync() : Task.FromResult(true),
        };
    }

    private async Task<DiditReply> CallAsync(KeyWork work, CreateAttempt attempt, CancellationToken cancellation)
    {
        // A wait for the rate limit may outlast the lease.
        using var halfLease = new PeriodicTimer(idempotency.Lease / 2, time);
        var renewing = work.RenewAtAsync(halfLease);
        try
        {
            return await creator.RunAsync(attempt, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The worker stops: the next one need not wait for the lease, nor may a renewal that is under way revive it.
            halfLease.Dispose();
            await renewing;
            work.Learn(attempt);
            await work.ReleaseAsync();
            throw;
        }
        finally
        {
            halfLease.Dispose();
            await renewing;
        }
    }

    private async Task FailedAsync(KeyWork work, CreateAttempt attempt, DiditReply reply)
    {
        Log.AttemptFailed(logger, work.Delivery.Key, reply.Kind, reply.Why);
        availability.Failed(reply.Why);
        work.Conflicted |= reply.Kind == ReplyKind.Conflict;

        // It counts against this message only if others succeed meanwhile. A look-up that fails is a failure of this message too.
        var counts = (attempt.MaybeSent || attempt.LookUpFirst) && availability.Successes > work.SuccessesSeen;
        work.SuccessesSeen = availability.Successes;
        await (counts ? work.ReleaseAsync(Release.Keep) : work.ReleaseAsync());
    }

    private static ParkedException Rejection(IdempotencyRecord record, KeyWork work) => record.Fingerprint != work.Fingerprint
        ? new PayloadMismatchException("another payload came first under this request id; publish a changed request under a new one")
        : new RefusedByDiditException(StoredAnswer.Refusal(record));

    private ParkedException Parked(Memory memory, Decision decision) => memory.Record?.Attempts >= idempotency.MaximumAttempts
        ? new AttemptsExhaustedException($"{idempotency.MaximumAttempts} attempts failed while others succeeded, or died with their worker")
        : new AmbiguousSessionException(decision.Because);

    private static partial class Log
    {
        [LoggerMessage(101, LogLevel.Debug, "{Key}: {Outcome}, since {Because}")]
        public static partial void Decided(ILogger logger, IdempotencyKey key, Outcome outcome, string because);

        [LoggerMessage(102, LogLevel.Warning, "{Key}: the attempt ended as {Kind} ({Why}); trying again later")]
        public static partial void AttemptFailed(ILogger logger, IdempotencyKey key, ReplyKind kind, string why);
    }
}
