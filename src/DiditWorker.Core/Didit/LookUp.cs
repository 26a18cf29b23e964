using System.Text.Json;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Didit;

/// <summary>Asks Didit which session an earlier attempt made.</summary>
public sealed class LookUp(
    DiditClient client, SessionList list, WorkflowVersions versions, ExcludedSessions excluded, DiditPipeline pipeline)
{
    // Bounds the requests for a person with very many sessions; the newest come first.
    private const int MaxDecisions = 50;

    /// <summary>
    /// Lists the sessions of the <c>vendor_data</c>, reads the decision where the list lacks what counts, and applies the adopt rule to
    /// those that no person has excluded.
    /// </summary>
    /// <exception cref="ReadFailedException">Didit did not answer.</exception>
    public async Task<SessionMatch> RunAsync(CreateRequest request, DateTimeOffset? notBefore, CancellationToken cancellation)
    {
        var others = await ExcludedAsync(request.Key);
        var rows = await list.ReadAsync(request.VendorData, ReadAsync, cancellation);
        var sessions = new List<FoundSession>(rows.Count);
        var found = rows.Any(row => row.IsMadeUnder(request.Key) && !others.Contains(row.Id));
        var read = 0;
        foreach (var session in rows)
        {
            var needed = Lacks(session, found) && SessionMatch.IsCandidate(session, request.WorkflowId, notBefore);
            if (needed && ++read > MaxDecisions)
            {
                throw new ReadFailedException($"more than {MaxDecisions} sessions of this vendor_data would have to be read");
            }

            sessions.Add(needed ? session.With(await DecisionAsync(session)) : session);
        }

        versions.Learn(sessions);
        return SessionMatch.Among(
            sessions, request.Key, request.WorkflowId, notBefore, others, versions.Of(request.WorkflowId));

        Task<JsonElement?> ReadAsync(Func<CancellationToken, Task<JsonElement?>> read, CancellationToken token) =>
            pipeline.ReadAsync(read, request.Precedence, token);

        // One that is listed and cannot be read may be ours: gone from the list the next time, it was deleted.
        async Task<JsonElement> DecisionAsync(FoundSession session) =>
            await client.DecisionAsync(session.Id, ReadAsync, cancellation)
            ?? throw new ReadFailedException(
                new DiditReply(ReplyKind.Strange, "Didit lists a session and does not know it") { Status = 404 });
    }

    // Without Redis none is: then a person has to look again, which makes no second session.
    private async Task<IReadOnlySet<string>> ExcludedAsync(IdempotencyKey key)
    {
        try
        {
            return await excluded.ReadAsync(key);
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            return SessionMatch.NoneExcluded;
        }
    }

    // Version and workflow count only where Didit might hand the session back, and no longer once ours is found.
    private static bool Lacks(FoundSession session, bool found) => session.HasId
        && (!session.MetadataKnown || session.Url is null
            || (!found && session.IsUnfinished && (session.Version is null || session.WorkflowId is null)));
}
