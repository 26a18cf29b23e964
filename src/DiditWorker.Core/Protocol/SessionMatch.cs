namespace DiditWorker.Protocol;

/// <summary>What a look-up comes to.</summary>
public enum MatchKind
{
    /// <summary>No candidate: create.</summary>
    None,

    /// <summary>None with our key, but an unfinished one: a create is safe, since Didit hands it back.</summary>
    HandedBack,

    /// <summary>One with our key: it is the answer.</summary>
    Adopt,

    /// <summary>Candidates that cannot be told apart: a person must decide.</summary>
    Several,
}

/// <summary>The adopt rule: a pure function over what a look-up found.</summary>
/// <param name="Kind">What it comes to.</param>
/// <param name="Candidates">The session to adopt, or those to choose from.</param>
public sealed record SessionMatch(MatchKind Kind, IReadOnlyList<FoundSession> Candidates)
{
    /// <summary>Decides.</summary>
    /// <param name="found">All sessions of the <c>vendor_data</c>.</param>
    /// <param name="key">Ours.</param>
    /// <param name="workflowId">Ours.</param>
    /// <param name="notBefore">The earliest time at which our first attempt could have been; none if unknown.</param>
    public static SessionMatch Among(IEnumerable<FoundSession> found, IdempotencyKey key, string workflowId, DateTimeOffset? notBefore)
    {
        var all = found.ToList();
        var ours = all.Where(s => string.Equals(s.Key, key.ToString(), StringComparison.OrdinalIgnoreCase)).ToList();
        if (ours.Count > 0)
        {
            return new(ours is [{ HasId: true }] ? MatchKind.Adopt : MatchKind.Several, ours);
        }

        var candidates = all.Where(s => IsCandidate(s, workflowId, notBefore)).ToList();
        if (candidates.Any(IsUnfinished))
        {
            return new(MatchKind.HandedBack, []);
        }

        // A finished session that carries another key belongs to another message.
        var keyless = candidates.Where(s => s.Key is null).ToList();
        return new(keyless.Count > 0 ? MatchKind.Several : MatchKind.None, keyless);
    }

    /// <summary>
    /// Whether a session without our key could still be ours: of our workflow, and not made before our first attempt. What the list does not
    /// say counts as "could be".
    /// </summary>
    public static bool IsCandidate(FoundSession session, string workflowId, DateTimeOffset? notBefore) =>
        (session.WorkflowId is null || string.Equals(session.WorkflowId, workflowId, StringComparison.OrdinalIgnoreCase))
        && (notBefore is null || session.CreatedAt is null || session.CreatedAt >= notBefore || IsUnfinished(session));

    // A text of them becomes a header of the parked message, so it must not grow with what Didit says.
    private const int MostNamed = 20;

    /// <summary>The candidates in one line, at most 20 of them.</summary>
    public string Names() => string.Join(", ", Candidates.OrderBy(c => c.Id, StringComparer.Ordinal).Take(MostNamed))
        + (Candidates.Count > MostNamed ? $" and {Candidates.Count - MostNamed} more" : "");

    /// <summary>Whether several of them carry our key: they are too many for sure.</summary>
    public bool AreDuplicates(IdempotencyKey key) => Kind == MatchKind.Several && Candidates.Count > 1
        && string.Equals(Candidates[0].Key, key.ToString(), StringComparison.OrdinalIgnoreCase);

    private static bool IsUnfinished(FoundSession session) => session.Status is { } status && DiditSession.IsUnfinished(status);
}
