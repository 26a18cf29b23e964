namespace DiditWorker.Didit;

/// <summary>Asks Didit which session an earlier attempt made.</summary>
public sealed class LookUp(DiditClient client, DiditPipeline pipeline)
{
    // Bounds the requests for a person with very many sessions; the newest come first.
    private const int MostDecisions = 50;

    /// <summary>Lists the sessions of the <c>vendor_data</c>, reads the metadata where the list has none, and applies the adopt rule.</summary>
    /// <exception cref="DiditUnavailableException">Didit did not answer.</exception>
    /// <exception cref="DiditStoppedException">Nothing can succeed until somebody acts.</exception>
    public async Task<SessionMatch> RunAsync(CreateRequest request, DateTimeOffset? notBefore, CancellationToken cancellation)
    {
        var rows = await client.ListAsync(request.VendorData, pipeline.ReadAsync, cancellation);
        var sessions = new List<FoundSession>(rows.Count);
        var read = 0;
        foreach (var session in rows)
        {
            var needed = (!session.MetadataKnown || session.Url is null) && SessionMatch.IsCandidate(session, request.WorkflowId, notBefore);
            if (needed && ++read > MostDecisions)
            {
                throw new DiditUnavailableException($"more than {MostDecisions} sessions of this vendor_data would have to be read");
            }

            if (!needed)
            {
                sessions.Add(session);
            }
            else if (await client.DecisionAsync(session.Id, pipeline.ReadAsync, cancellation) is { } decision)
            {
                sessions.Add(session.With(decision));
            }
        }

        return SessionMatch.Among(sessions, request.Key, request.WorkflowId, notBefore);
    }
}
