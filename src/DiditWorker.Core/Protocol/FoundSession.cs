namespace DiditWorker.Protocol;

/// <summary>A session that a look-up found.</summary>
public sealed record FoundSession
{
    /// <summary>Didit's id; empty where the row has none that can be read: it counts as a candidate all the same.</summary>
    public required string Id { get; init; }

    /// <summary>Didit's number.</summary>
    public long? Number { get; init; }

    /// <summary>Where the person verifies; not every reply has it.</summary>
    public string? Url { get; init; }

    /// <summary>Didit's words.</summary>
    public string? Status { get; init; }

    /// <summary>Not every reply has it.</summary>
    public string? WorkflowId { get; init; }

    /// <summary>Not every reply has it.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Whether the reply carried metadata at all: the list may not.</summary>
    public required bool MetadataKnown { get; init; }

    /// <summary>The key in its metadata, if any.</summary>
    public string? Key { get; init; }

    /// <summary>The version of its workflow; not every reply has it.</summary>
    public long? Version { get; init; }

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
        Url is null ? null : new()
        {
            Id = Id,
            Number = Number,
            Url = Url,
            Status = Status ?? "Not Started",
            WorkflowId = WorkflowId ?? workflowId,
            CreatedAt = CreatedAt ?? now,
        };

    /// <inheritdoc />
    public override string ToString() => $"{(HasId ? Clip(Id) : "one without an id")} ({Clip(Status ?? "unknown status")})";

    private static string Clip(string text) => text.Length <= MaxInTextLength ? text : text[..MaxInTextLength] + "…";
}
