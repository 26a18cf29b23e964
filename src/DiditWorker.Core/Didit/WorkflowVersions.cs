using System.Collections.Concurrent;
using DiditWorker.Protocol;

namespace DiditWorker.Didit;

/// <summary>
/// The newest version of each workflow that Didit has told this process. A session that a create is answered with is of the latest one, so
/// that replies to other messages tell of a new version that no row of a look-up shows. Thread-safe.
/// </summary>
public sealed class WorkflowVersions
{
    // Messages name workflows, so what is kept has a bound.
    private const int MaxWorkflows = 1000;

    private readonly ConcurrentDictionary<string, long> _newest = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The newest that is known; null where none is.</summary>
    public long? Of(string workflowId) => _newest.TryGetValue(workflowId, out var version) ? version : null;

    /// <summary>Notes what a session tells, which is nothing where workflow or version is missing.</summary>
    internal void Learn(string? workflowId, long? version)
    {
        if (workflowId is not null && version is { } told && (_newest.ContainsKey(workflowId) || _newest.Count < MaxWorkflows))
        {
            _newest.AddOrUpdate(workflowId, told, (_, known) => Math.Max(known, told));
        }
    }

    /// <summary>Notes what the rows of a look-up tell.</summary>
    internal void Learn(IEnumerable<FoundSession> found)
    {
        foreach (var session in found)
        {
            Learn(session.WorkflowId, session.Version);
        }
    }
}
