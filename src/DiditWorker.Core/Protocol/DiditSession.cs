namespace DiditWorker.Protocol;

/// <summary>A session as the worker keeps it. Never holds the session token by itself; <see cref="Url"/> embeds it.</summary>
/// <param name="Id">Didit's <c>session_id</c>, else <c>uuid</c>.</param>
/// <param name="Number">Didit's <c>session_number</c>.</param>
/// <param name="Url">Where the person verifies. A bearer secret.</param>
/// <param name="Status">Didit's words.</param>
/// <param name="WorkflowId">Which workflow.</param>
/// <param name="CreatedAt">UTC.</param>
public sealed record DiditSession(
    string Id,
    long? Number,
    string Url,
    string Status,
    string WorkflowId,
    DateTimeOffset CreatedAt)
{
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
