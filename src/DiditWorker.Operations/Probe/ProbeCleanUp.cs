namespace DiditWorker.Operations.Probe;

/// <summary>What became of the sessions of a probe.</summary>
/// <param name="Deleted">How many Didit said it deleted.</param>
/// <param name="Left">The ids of those that are left.</param>
/// <param name="Unknown">
/// The <c>vendor_data</c> of creates that were not answered, for which no session was found: one may show up yet.
/// </param>
internal sealed record CleanedUp(int Deleted, IReadOnlyList<string> Left, IReadOnlyList<string> Unknown);

/// <summary>Deletes what a probe made, also where it was never told the id.</summary>
internal sealed class ProbeCleanUp(ProbeClient client, Prober prober)
{
    private readonly HashSet<string> _left = new(client.Sessions, StringComparer.Ordinal);
    private readonly HashSet<string> _unknown = new(prober.InDoubt.Keys, StringComparer.Ordinal);

    public async Task<CleanedUp> RunAsync(bool keep, CancellationToken cancellation)
    {
        try
        {
            if (!keep)
            {
                await FindAsync(cancellation);
                await DeleteAsync(cancellation);
            }
        }
        catch (Exception exception)
            when (exception is ProbeStoppedException || (exception is OperationCanceledException && cancellation.IsCancellationRequested))
        {
            // What is left is told.
        }

        return new(client.Deleted, [.. _left], [.. _unknown]);
    }

    private async Task FindAsync(CancellationToken cancellation)
    {
        foreach (var (person, _) in prober.InDoubt)
        {
            var found = await Lists.SessionsAsync(client, person, cancellation);
            _left.UnionWith(found);
            if (found.Count > 0)
            {
                _unknown.Remove(person);
            }
        }
    }

    private async Task DeleteAsync(CancellationToken cancellation)
    {
        foreach (var session in _left.ToList())
        {
            var reply = await client.DeleteAsync(session, cancellation);
            if (reply.Status == 429)
            {
                await Task.Delay(Prober.Wait(reply), prober.Time, cancellation);
                reply = await client.DeleteAsync(session, cancellation);
            }

            if (reply.Status is 204 or 404)
            {
                _left.Remove(session);
            }
        }
    }
}
