using System.Collections.Frozen;

namespace DiditWorker.Protocol;

/// <summary>What a look-up comes to.</summary>
public enum MatchKind
{
    /// <summary>No candidate: create.</summary>
    None,

    /// <summary>None with our key, but one that Didit is known to hand back: a create is safe.</summary>
    HandedBack,

    /// <summary>One with our key: it is the answer.</summary>
    Adopt,

    /// <summary>Candidates that cannot be told apart: a person must decide.</summary>
    Several,

    /// <summary>Candidates as with <see cref="Several"/>, but one of them will be handed back once it has its URL: look again.</summary>
    NotReady,
}

/// <summary>The adopt rule: a pure function over what a look-up found.</summary>
/// <param name="Kind">What it comes to.</param>
/// <param name="Candidates">The session to adopt, or those to choose from.</param>
public sealed record SessionMatch(MatchKind Kind, IReadOnlyList<FoundSession> Candidates)
{
    /// <summary>No session is excluded.</summary>
    public static IReadOnlySet<string> NoneExcluded { get; } = FrozenSet<string>.Empty;

    /// <summary>
    /// Decides. A create after a look-up is safe in two cases: nothing that was found can be ours, or Didit hands one of them back, so that
    /// no session is made. Didit hands back an unfinished session that has its URL and is of the latest version of its workflow. The newest
    /// version that any reply tells is the best that is known of that: an older one is not handed back, and of one whose version or
    /// workflow no reply tells it is not known. Then a session without a key that may be ours is for a person. To be wrong there costs a
    /// look; to be wrong the other way makes a second session. A session that only lacks its URL gets it by itself, so it is looked for
    /// again; parking it would be too soon.
    /// </summary>
    /// <param name="found">All sessions of the <c>vendor_data</c>, in any order.</param>
    /// <param name="key">Ours.</param>
    /// <param name="workflowId">Ours.</param>
    /// <param name="notBefore">The earliest time at which our first attempt could have been; null if unknown.</param>
    /// <param name="excluded">Ids of sessions that a person has looked at and that are not ours, also those with our key.</param>
    /// <param name="newest">The newest version of our workflow that is known from elsewhere; null if none is.</param>
    public static SessionMatch Among(
        IEnumerable<FoundSession> found, IdempotencyKey key, string workflowId, DateTimeOffset? notBefore, IReadOnlySet<string> excluded,
        long? newest = null)
    {
        // Excluded ones tell the version all the same.
        var rows = found.ToList();
        newest = rows.Where(s => IsOf(s, workflowId)).Select(s => s.Version).Append(newest).Max();
        var all = rows.Where(s => !s.HasId || !excluded.Contains(s.Id)).ToList();
        var ours = all.Where(s => s.IsMadeUnder(key)).ToList();
        if (ours.Count > 0)
        {
            return new(ours is [{ HasId: true }] ? MatchKind.Adopt : MatchKind.Several, ours);
        }

        var current = all.Where(s => s.IsUnfinished && IsOf(s, workflowId) && s.Version is { } version && version == newest).ToList();
        if (current.Exists(s => s.Url is not null))
        {
            return new(MatchKind.HandedBack, []);
        }

        // A session that carries another key belongs to another message.
        var keyless = all.Where(s => s.Key is null && MayBeOurs(s, workflowId, notBefore)).ToList();
        return keyless.Count == 0
            ? new(MatchKind.None, [])
            : new(current.Count > 0 ? MatchKind.NotReady : MatchKind.Several, keyless);
    }

    /// <summary>
    /// Whether more should be known of a session without our key: it could be ours, or be handed back. What the list does not say counts as
    /// "could be".
    /// </summary>
    public static bool IsCandidate(FoundSession session, string workflowId, DateTimeOffset? notBefore) =>
        MayBeOurs(session, workflowId, notBefore) || (session.IsUnfinished && (session.WorkflowId is null || IsOf(session, workflowId)));

    // A text of them becomes a header of the parked message, so it must not grow with what Didit says.
    private const int MaxNamed = 20;

    /// <summary>The candidates in one line, at most 20 of them.</summary>
    public string Names() => string.Join(", ", Candidates.OrderBy(c => c.Id, StringComparer.Ordinal).Take(MaxNamed))
        + (Candidates.Count > MaxNamed ? $" and {Candidates.Count - MaxNamed} more" : "");

    /// <summary>Whether several of them carry our key: they are too many for sure.</summary>
    public bool AreDuplicates(IdempotencyKey key) => Kind == MatchKind.Several && Candidates.Count > 1
        && string.Equals(Candidates[0].Key, key.ToString(), StringComparison.OrdinalIgnoreCase);

    private static bool MayBeOurs(FoundSession session, string workflowId, DateTimeOffset? notBefore) =>
        (session.WorkflowId is null || IsOf(session, workflowId))
        && (notBefore is null || session.CreatedAt is null || session.CreatedAt >= notBefore);

    private static bool IsOf(FoundSession session, string workflowId) =>
        string.Equals(session.WorkflowId, workflowId, StringComparison.OrdinalIgnoreCase);
}
