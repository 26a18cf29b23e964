using DiditWorker.Didit;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Reconcile;

/// <summary>
/// Deletes second sessions at Didit. Only such as nobody has finished, and whose key is answered with another one: both are asked for again
/// right before.
/// </summary>
internal sealed class SurplusDeletion(
    AnsweredRecords records, DiditClient client, DiditPipeline pipeline, [FromKeyedServices("creates")] RedisRateLimiter creates,
    AuditLog audit)
{
    /// <summary>Deletes them, between two lines of the audit.</summary>
    /// <param name="found">Loses what is deleted.</param>
    /// <param name="reason">For the audit.</param>
    /// <param name="say">Told what became of each.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ReadFailedException">Didit did not answer.</exception>
    public async Task RunAsync(Discrepancies found, string reason, Action<string> say, CancellationToken cancellation)
    {
        var (all, deleted) = (Deletable(found), 0);
        await audit.AroundAsync(
            ("reconcile", Words.Count(all.Count, "surplus session"), reason), "begun",
            async () =>
            {
                foreach (var surplus in all)
                {
                    var kept = await WhyKeptAsync(surplus, cancellation);
                    if (kept is null)
                    {
                        await DeleteAsync(surplus.Session, cancellation);
                        found.Remove(surplus);
                        deleted++;
                    }

                    say($"session {surplus.Session} of key {surplus.Key}: {(kept is null ? "deleted" : "kept, " + kept)}");
                }
            },
            () => $"{deleted} deleted");
    }

    /// <summary>Those that can be deleted, as far as they were looked at.</summary>
    public static IReadOnlyList<Discrepancy> Deletable(Discrepancies found) => [.. found.Kept.Where(one =>
        one is { Kind: DiscrepancyKind.SecondSession, IsAnswered: true, Session.Length: > 0, Status: { } status }
            && DiditSession.IsUnfinished(status))];

    private async Task<string?> WhyKeptAsync(Discrepancy surplus, CancellationToken cancellation)
    {
        if (await client.DecisionAsync(surplus.Session, pipeline.ReadAsync, cancellation) is not { } decision)
        {
            return "Didit does not know it any more";
        }

        var session = SessionReader.FromDecision(surplus.Session, decision);
        return !session.IsUnfinished ? $"it is {session.Status ?? "of an unknown status"} now"
            : !session.IsMadeUnder(surplus.Key!.Value) ? "it has another key now"
            : (await records.KnownAsync(surplus.Key.Value)).Answer is not { } answer
                ? "its key is not answered any more, or its record cannot be read"
            : answer.Id.Equals(session.Id, StringComparison.OrdinalIgnoreCase) ? "it is the answer now"
            : null;
    }

    // Didit counts deletions and creates together (Didit's API pages: rate limits).
    private async Task DeleteAsync(string session, CancellationToken cancellation)
    {
        using var place = await creates.AcquireAsync(default, Timeout.InfiniteTimeSpan, cancellation);
        await client.DeleteAsync(session, cancellation);
    }
}
