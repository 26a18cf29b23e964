namespace DiditWorker.Protocol;

/// <summary>A session that a look-up found.</summary>
/// <param name="Id">Didit's id; empty where the row has none that can be read: it counts as a candidate all the same.</param>
/// <param name="Number">Didit's number.</param>
/// <param name="Url">Where the person verifies; not every reply has it.</param>
/// <param name="Status">Didit's words.</param>
/// <param name="WorkflowId">Not every reply has it.</param>
/// <param name="CreatedAt">Not every reply has it.</param>
/// <param name="MetadataKnown">Whether the reply carried metadata at all: the list may not.</param>
/// <param name="Key">The key in its metadata, if any.</param>
/// <param name="Version">The version of its workflow; not every reply has it.</param>
public sealed record FoundSession(
    string Id, long? Number, string? Url, string? Status, string? WorkflowId, DateTimeOffset? CreatedAt, bool MetadataKnown, string? Key,
    long? Version = null)
{
    private const int MaxInTextLength = 64;

    /// <summary>Whether it can be asked for and adopted.</summary>
    public bool HasId => Id.Length > 0;

    /// <summary>Whether Didit may hand it back to the next create; a status that it does not say is none of those.</summary>
    public bool IsUnfinished => Status is { } status && DiditSession.IsUnfinished(status);

    /// <summary>Whether its metadata has this key.</summary>
    public bool IsMadeUnder(IdempotencyKey key) => string.Equals(Key, key.ToString(), StringComparison.OrdinalIgnoreCase);

    /// <summary>As an answer; null without a URL.</summary>
    /// <param name="workflowId">Where Didit did not say it.</param>
    /// <param name="now">Taken for the time of its making where Didit did not say that.</param>
    public DiditSession? ToSession(string workflowId, DateTimeOffset now) =>
        Url is null ? null : new(Id, Number, Url, Status ?? "Not Started", WorkflowId ?? workflowId, CreatedAt ?? now);

    /// <inheritdoc />
    public override string ToString() => $"{(HasId ? Clip(Id) : "one without an id")} ({Clip(Status ?? "unknown status")})";

    private static string Clip(string text) => text.Length <= MaxInTextLength ? text : text[..MaxInTextLength] + "…";
}
