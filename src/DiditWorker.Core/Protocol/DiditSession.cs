namespace DiditWorker.Protocol;

/// <summary>A session as the worker keeps it. Never holds the session token by itself; <see cref="Url"/> embeds it.</summary>
public sealed record DiditSession
{
    /// <summary>Didit's <c>session_id</c>, else <c>uuid</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Didit's <c>session_number</c>.</summary>
    public required long? Number { get; init; }

    /// <summary>Where the person verifies. A bearer secret.</summary>
    public required string Url { get; init; }

    /// <summary>Didit's words.</summary>
    public required string Status { get; init; }

    /// <summary>Which workflow.</summary>
    public required string WorkflowId { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The form that a record holds.</summary>
    public string ToPayload() => SessionPayload.Write(this);

    /// <summary>Reads <see cref="ToPayload"/>.</summary>
    /// <exception cref="FormatException">It is damaged. The message does not quote it: it holds a secret.</exception>
    public static DiditSession FromPayload(string payload)
    {
        var session = SessionPayload.Read(payload);
        return session is { Id.Length: > 0, Url.Length: > 0, Status: not null, WorkflowId: not null }
            ? session
            : throw new FormatException("The stored answer is damaged: it names no session.");
    }

    /// <summary>Statuses in which Didit hands a session back to the next create (Didit's API pages: create session).</summary>
    public static bool IsUnfinished(string status) => status is "Not Started" or "In Progress" or "Resubmitted" or "Awaiting User";

    /// <inheritdoc />
    public override string ToString() => $"session {Id}";
}
