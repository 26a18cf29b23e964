using DiditWorker.Didit;
using DiditWorker.Observability;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Verification;

/// <summary>What a delivery asks Didit. Each reply is judged before the protocol hears of it.</summary>
public sealed class DiditSteps(
    DiditClient client, DiditPipeline pipeline, LookUp lookUp, DiditOptions options, WorkerMetrics metrics,
    RetriedMessages retried, TimeProvider time)
{
    private const string Result = "diditworker.result";

    /// <summary>A delivery that holds nothing yet.</summary>
    public Work Begin(Delivery delivery, VerificationRequest request, Hold hold, Lease lease) =>
        new(delivery, request, hold, lease, pipeline, retried, time);

    /// <summary>Looks for its session.</summary>
    public async Task<DeliveryEvent> LookUpAsync(Work work, Effect effect, CancellationToken cancellation)
    {
        using var span = WorkerTracing.Source.StartActivity("look up");
        using var held = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        held.CancelAfter(work.Hold.Left);
        await Task.Delay(effect.Delay, time, cancellation);
        var sent = time.GetUtcNow();
        try
        {
            var match = await lookUp.RunAsync(Request(work), effect.NotBefore, held.Token);
            span?.SetTag(Result, $"{match.Kind}");
            Judge(work, Operation.Read, new(ReplyKind.Answered, ""), sent);
            if (match.AreDuplicates(work.Delivery.Key))
            {
                metrics.DuplicateSession(WorkerMetrics.DuplicateFoundByLookUp);
            }

            var session = match.Kind == MatchKind.Adopt ? match.Candidates[0].ToSession(work.Request.WorkflowId, time.GetUtcNow()) : null;
            return new(EventKind.LookedUp, time.GetUtcNow()) { Match = match, Session = session };
        }
        catch (ReadFailedException exception)
        {
            var reply = exception.Reply with { Why = "look-up: " + exception.Reply.Why };
            span?.SetTag(Result, $"{reply.Kind}");
            return Replied(reply, Judge(work, Operation.Read, reply, sent));
        }
    }

    /// <summary>
    /// Creates, if the lease outlasts the request. Comes back once Didit is done with it by its reply, or must be by its time-out.
    /// </summary>
    public async Task<DeliveryEvent> CreateAsync(Work work, Effect effect, CancellationToken cancellation)
    {
        var (withheld, sent) = (default(EventKind?), time.GetUtcNow());
        var reply = await pipeline.CreateAsync(SendAsync, work.Precedence, work.LongestWait(effect), cancellation);
        if (reply.Kind == ReplyKind.Withheld && (withheld ?? (IsOver(effect) ? EventKind.TooLate : null)) is { } why)
        {
            return new(why, time.GetUtcNow());
        }

        var verdict = Judge(work, Operation.Create, reply, sent);
        if (reply.MaybeUnderWay)
        {
            // Nobody else may look for its session before Didit has made it.
            await work.OutlastAsync(sent + options.AttemptTimeout);
        }

        return Replied(reply, verdict);

        async Task<DiditReply> SendAsync(CancellationToken token)
        {
            var day = await TakeAsync();
            withheld = day is null ? EventKind.TurnedAway : await WithheldAsync(work, effect);
            sent = withheld is null ? time.GetUtcNow() : sent;
            var came = withheld is null ? await SendOnceAsync(work, token) : new(ReplyKind.Withheld, "");
            if (day is { } taken && came.MadeNone)
            {
                pipeline.Budget?.GiveBack(taken);
            }

            return came;
        }
    }

    private async Task<DiditReply> SendOnceAsync(Work work, CancellationToken cancellation)
    {
        using var span = WorkerTracing.Source.StartActivity("create");
        var reply = await client.CreateAsync(Request(work), cancellation);
        span?.SetTag(Result, reply.Kind == ReplyKind.Answered ? "Created" : $"{reply.Kind}");
        return reply;
    }

    // Null: it must not be sent. It may have waited for its place in the rate while a person ordered a pause, or others took the last one
    // of the day. This comes before the lease is looked at, since it may take its time.
    private async Task<long?> TakeAsync() =>
        pipeline.Creates.Gate.IsHeld ? null : pipeline.Budget is { } budget ? await budget.TakeAsync() : 0;

    private async Task<EventKind?> WithheldAsync(Work work, Effect effect)
    {
        var lease = work.IsClaimed ? await work.Lease.EnsureAsync(options.LongestRequest) : LeaseState.Held;
        return lease switch
        {
            LeaseState.Lost => EventKind.LeaseLost,
            LeaseState.Unknown => EventKind.LeaseUnknown,
            _ => IsOver(effect) ? EventKind.TooLate : null,
        };
    }

    private bool IsOver(Effect effect) => time.GetUtcNow() >= effect.NotAfter;

    private Verdict Judge(Work work, Operation operation, DiditReply reply, DateTimeOffset sent)
    {
        if (reply.Kind == ReplyKind.Withheld)
        {
            return default;
        }

        var own = !string.Equals(work.Request.WorkflowId, options.WorkflowId, StringComparison.OrdinalIgnoreCase);
        return pipeline.Of(operation).Judge(work.Delivery.Key, reply, sent, work.SinceLast(operation, sent), own);
    }

    private DeliveryEvent Replied(DiditReply reply, Verdict verdict) =>
        new(EventKind.Replied, time.GetUtcNow()) { Reply = reply, Verdict = verdict };

    private static CreateRequest Request(Work work) =>
        new(work.Delivery.Key, work.Request.VendorData, work.Request.WorkflowId, work.Request.Payload) { Precedence = work.Precedence };
}
