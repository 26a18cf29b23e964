using DiditWorker.Didit;

namespace DiditWorker.Operations.Probe;

/// <summary>The lists of both kinds of sessions, for finding what is to be deleted.</summary>
internal static class Lists
{
    /// <summary>How many there are.</summary>
    public const int Both = 2;

    /// <summary>The ids of the sessions of this <c>vendor_data</c>. A list that is refused shows none.</summary>
    public static async Task<IReadOnlyCollection<string>> SessionsAsync(
        ProbeClient client, string vendorData, CancellationToken cancellation)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var kind in (string[])[SessionList.Users, SessionList.Businesses])
        {
            found.UnionWith(Metadata.SessionsOf(vendorData, await client.ListAsync(vendorData, kind, cancellation)));
        }

        return found;
    }
}
