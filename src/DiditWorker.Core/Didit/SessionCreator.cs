using DiditWorker.Observability;
using DiditWorker.Protocol;

namespace DiditWorker.Didit;

/// <summary>One attempt at one session: looks for it first where an earlier attempt is possible, and adopts it or creates.</summary>
public sealed class SessionCreator(
    DiditClient client, DiditPipeline pipeline, LookUp lookUp, Availability availability, DiditOptions options, WorkerMetrics metrics, TimeProvider time)
{
    private const int MostNamed = 20;
    private const string Result = "diditworker.result";

    /// <summary>Runs until there is a conclusive reply, an unclear one that calls for a look-up, or the total time-out is over.</summary>
    /// <param name="attempt">Afterwards it says whether something may have been sent.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<DiditReply> RunAsync(CreateAttempt attempt, CancellationToken cancellation)
    {
        var reply = attempt.LookUpFirst ? await LookUpAsync(attempt, cancellation) : null;
        reply ??= await pipeline.CreateAsync(attempt, SendAsync, cancellation);
        switch (reply.Kind)
        {
            case ReplyKind.Created or ReplyKind.Refused:
                availability.CreateAnswered();
                break;
            case ReplyKind.Adopted or ReplyKind.Several:
                availability.Resume();
                break;
            case ReplyKind.Stopped:
                availability.PauseFor(options.RefusedPause, reply.PauseReason, reply.Why);
                break;
            default:
                break;
        }

        return reply;
    }

    // None: nothing stands against a create.
    private async Task<DiditReply?> LookUpAsync(CreateAttempt attempt, CancellationToken cancellation)
    {
        using var span = WorkerTracing.Source.StartActivity("look up");
        var recent = attempt.LastAttempt + options.LookupDelay - time.GetUtcNow() is { } wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        try
        {
            await Task.Delay(recent < options.LookupDelay ? recent : options.LookupDelay, time, cancellation);
            var match = await lookUp.RunAsync(attempt.Request, attempt.NotBefore, cancellation);
            if (match.Kind is MatchKind.None or MatchKind.Several or MatchKind.NotReady && recent > TimeSpan.Zero)
            {
                // Didit's list may lag more than usual: once more before giving up.
                await Task.Delay(options.LookupDelay, time, cancellation);
                match = await lookUp.RunAsync(attempt.Request, attempt.NotBefore, cancellation);
            }

            span?.SetTag(Result, $"{match.Kind}");
            NoteDuplicates(match, attempt.Request);
            return match.Kind switch
            {
                MatchKind.Adopt => Adopt(match.Candidates[0], attempt.Request),
                MatchKind.Several => new(ReplyKind.Several, Named(match.Candidates)),
                MatchKind.NotReady => new(ReplyKind.NotSent, "look-up: a session that may be this one does not have its URL yet"),
                _ => null,
            };
        }
        catch (DiditUnavailableException exception)
        {
            return new(ReplyKind.NotSent, "look-up: " + exception.Message);
        }
        catch (DiditStoppedException exception)
        {
            return new(ReplyKind.Stopped, exception.Message) { PauseReason = exception.PauseReason };
        }
    }

    // Several may also be without any key; those that carry ours are too many for sure.
    private void NoteDuplicates(SessionMatch match, CreateRequest request)
    {
        if (match.Kind == MatchKind.Several && match.Candidates.Count > 1
            && string.Equals(match.Candidates[0].Key, request.Key.ToString(), StringComparison.OrdinalIgnoreCase))
        {
            metrics.DuplicateSession(WorkerMetrics.DuplicateFoundByLookUp);
        }
    }

    // The text becomes a header of the parked message, so it must not grow with what Didit says.
    private static string Named(IReadOnlyList<FoundSession> candidates) =>
        string.Join(", ", candidates.OrderBy(c => c.Id, StringComparer.Ordinal).Take(MostNamed))
        + (candidates.Count > MostNamed ? $" and {candidates.Count - MostNamed} more" : "");

    private async Task<DiditReply> SendAsync(CreateAttempt attempt, CancellationToken cancellation)
    {
        if (!await attempt.KeepLease())
        {
            return new(ReplyKind.LeaseLost, "another worker owns the key now");
        }

        if ((attempt.TrustsKey || attempt.MaybeSent) && time.GetUtcNow() > attempt.TrustedUntil)
        {
            return new(ReplyKind.WindowOver, "the window may be over before the request is");
        }

        // Set before the first byte goes out: a time-out leaves it standing.
        var maybeSentBefore = attempt.MaybeSent;
        attempt.MaybeSent = true;
        using var span = WorkerTracing.Source.StartActivity("create");
        var reply = await client.CreateAsync(attempt.Request, cancellation);
        span?.SetTag(Result, $"{reply.Kind}");
        if (reply.Kind is ReplyKind.Throttled or ReplyKind.NotSent or ReplyKind.Stopped or ReplyKind.Refused)
        {
            attempt.MaybeSent = maybeSentBefore;
        }

        return reply;
    }

    private DiditReply Adopt(FoundSession session, CreateRequest request) => session.ToSession(request.WorkflowId, time.GetUtcNow()) is { } adopted
        ? new(ReplyKind.Adopted, "found by a look-up") { Session = adopted }
        : new(ReplyKind.NotSent, "look-up: Didit does not say the URL of the session that it found");
}
