using System.Diagnostics;
using DiditWorker.Observability;
using DiditWorker.Protocol;

namespace DiditWorker.Verification;

/// <summary>
/// Carries out what <see cref="VerificationProtocol"/> says, effect by effect, until a delivery has its answer. It decides nothing itself.
/// </summary>
/// <param name="records">What is done with the record.</param>
/// <param name="didit">What Didit is asked.</param>
/// <param name="settings">What the protocol depends on.</param>
/// <param name="hold">Says how long a delivery that begins now may be held.</param>
/// <param name="metrics">Counts duplicate sessions.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Each failed attempt; with Debug, each decision.</param>
public sealed partial class VerificationFlow(
    RecordSteps records, DiditSteps didit, ProtocolSettings settings, Func<Hold> hold, WorkerMetrics metrics, TimeProvider time,
    ILogger<VerificationFlow> logger)
{
    /// <summary>Answers one delivery, however long that takes within the bounds of <see cref="Hold"/>.</summary>
    /// <exception cref="RejectedException">There is no session for it.</exception>
    /// <exception cref="ReturnToQueueException">It was held for too long, or the worker stops.</exception>
    public async Task<Answer> AnswerAsync(Delivery delivery, VerificationRequest request, CancellationToken cancellation)
    {
        await using var work = didit.Begin(delivery, request, hold(), records.Lease(delivery.Key, Fingerprint.Of(request.Payload)));
        var state = VerificationProtocol.Begin(
            new(work.Fingerprint, delivery.PublishedAt, delivery.MaybeAttempted)
            {
                AsksAgain = delivery.IsReplay, Deadline = delivery.Deadline,
            },
            time.GetUtcNow());
        var happened = new DeliveryEvent(EventKind.Delivered, time.GetUtcNow());
        while (true)
        {
            var before = state.Note;
            (state, var effect) = VerificationProtocol.Next(state, happened, settings);
            Tell(work, state, happened, before);
            try
            {
                if (End(work, state, effect) is { } answer)
                {
                    return answer;
                }

                happened = await HappenAsync(work, effect, cancellation);
            }
            catch (OperationCanceledException)
            {
                happened = new(EventKind.Stopping, time.GetUtcNow()) { Why = work.Hold.WhyInterrupted(cancellation) };
            }
            catch (DeliveryEndedException ended)
            {
                ended.Attempts = state.Attempts;
                throw;
            }
        }
    }

    /// <inheritdoc cref="Hold.WhyInterrupted"/>
    public string WhyInterrupted(CancellationToken delivery) => hold().WhyInterrupted(delivery);

    private Task<DeliveryEvent> HappenAsync(Work work, Effect effect, CancellationToken cancellation) => effect.Kind switch
    {
        EffectKind.Claim => records.ClaimAsync(work),
        EffectKind.Release => records.ReleaseAsync(work, effect),
        EffectKind.Complete => records.CompleteAsync(work, effect),
        EffectKind.Enter => Task.FromResult(work.Enter(effect.Operation)),
        EffectKind.AwaitTurn => work.AwaitTurnAsync(effect),
        EffectKind.LookUp => didit.LookUpAsync(work, effect, cancellation),
        EffectKind.Create => didit.CreateAsync(work, effect, cancellation),
        EffectKind.Poll => work.PollAsync(effect),
        _ => work.BackOffAsync(effect),
    };

    // Null: it goes on.
    private Answer? End(Work work, DeliveryState state, Effect effect) => effect.Kind switch
    {
        EffectKind.Answer => new(effect.Session!, effect.Adopted ? DeliveryOutcomes.Adopted : DeliveryOutcomes.Created, state.Attempts),
        EffectKind.AnswerFromRecord => new(Recorded(work.Delivery.Key, state, effect.Record!), DeliveryOutcomes.Replayed, state.Attempts),
        EffectKind.Reject => throw Rejected(work.Delivery, effect),
        EffectKind.Return => throw new ReturnToQueueException(effect.Reason),
        _ => null,
    };

    private static RejectedException Rejected(Delivery delivery, Effect effect) => effect.Rejection switch
    {
        Rejection.PayloadMismatch => new PayloadMismatchException(
            "another payload came first under this request id; publish a changed request under a new one"),
        Rejection.RefusedByDidit => new RefusedByDiditException(effect.Record is { } record ? StoredAnswer.Refusal(record) : effect.Reason),
        Rejection.AttemptsExhausted => new AttemptsExhaustedException($"request {delivery.RequestId}: {effect.Reason}"),
        Rejection.Expired => new ExpiredException(effect.Reason),
        _ => new AmbiguousSessionException(effect.Reason),
    };

    // Another session that this delivery got from Didit and could not store is one too many.
    private DiditSession Recorded(IdempotencyKey key, DeliveryState state, IdempotencyRecord record)
    {
        var session = DiditSession.FromPayload(record.Payload);
        if (state.Unstored is { } unstored && unstored.Id != session.Id)
        {
            metrics.DuplicateSession(WorkerMetrics.DuplicateFoundByRecord);
            Log.DuplicateSession(logger, key, unstored.Id, session.Id);
        }

        return session;
    }

    private void Tell(Work work, DeliveryState state, DeliveryEvent happened, AttemptNote? before)
    {
        var delivery = work.Delivery;
        var news = state.Note == before ? null : state.Note;
        if (news is not null)
        {
            work.HasFailed(news);
        }

        if (happened.Kind == EventKind.Claimed)
        {
            var (outcome, because) = state.Decision;
            Log.Decided(logger, delivery.Key, outcome, because);
            Activity.Current?.AddEvent(new(
                "decided", tags: new() { ["diditworker.decision"] = $"{outcome}", ["diditworker.because"] = because }));
        }
        else if (news is not null)
        {
            Log.AttemptFailed(
                logger, delivery.RequestId, delivery.Key, news.Attempts, news.LastError, happened.Verdict.Counts, news.NextTry);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(101, LogLevel.Debug, "{Key}: {Outcome}, since {Because}")]
        public static partial void Decided(ILogger logger, IdempotencyKey key, Choice outcome, string because);

        [LoggerMessage(102, LogLevel.Warning,
            "{RequestId} {Key}: attempt {Attempt} failed: {Why} (counts against it: {Counts}); the next one at {NextTry:O}")]
        public static partial void AttemptFailed(
            ILogger logger, string requestId, IdempotencyKey key, int attempt, string why, bool counts, DateTimeOffset nextTry);

        [LoggerMessage(105, LogLevel.Error, "{Key}: a duplicate session: Didit made {Second}, but the record has {First}")]
        public static partial void DuplicateSession(ILogger logger, IdempotencyKey key, string second, string first);
    }
}
