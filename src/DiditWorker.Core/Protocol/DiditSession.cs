using System.Text.Json;
using System.Text.Json.Serialization;

namespace DiditWorker.Protocol;

/// <summary>A session as the worker keeps it. Never holds the session token by itself; <see cref="Url"/> embeds it.</summary>
/// <param name="Id">Didit's <c>session_id</c>, else <c>uuid</c>.</param>
/// <param name="Number">Didit's <c>session_number</c>.</param>
/// <param name="Url">Where the person verifies. A bearer secret.</param>
/// <param name="Status">Didit's words.</param>
/// <param name="WorkflowId">Which workflow.</param>
/// <param name="CreatedAt">UTC.</param>
public sealed record DiditSession(
    [property: JsonPropertyName("i")] string Id,
    [property: JsonPropertyName("n"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Number,
    [property: JsonPropertyName("u")] string Url,
    [property: JsonPropertyName("s")] string Status,
    [property: JsonPropertyName("w")] string WorkflowId,
    [property: JsonPropertyName("c")] DateTimeOffset CreatedAt)
{
    /// <summary>The compact form that a record of version 2 holds.</summary>
    public string ToPayload() => SessionPayload.Write(this);

    /// <summary>Reads <see cref="ToPayload"/>, and the JSON of records of version 1.</summary>
    /// <exception cref="FormatException">It is damaged. The message does not quote it: it holds a secret.</exception>
    public static DiditSession FromPayload(string payload)
    {
        var session = payload.StartsWith('{') ? FromJson(payload) : SessionPayload.Read(payload);
        return session is { Id.Length: > 0, Url.Length: > 0, Status: not null, WorkflowId: not null }
            ? session
            : throw new FormatException("The stored answer is damaged: it names no session.");
    }

    /// <summary>Statuses in which Didit hands a session back to the next create (Didit's API pages: create session).</summary>
    public static bool IsUnfinished(string status) => status is "Not Started" or "In Progress" or "Resubmitted" or "Awaiting User";

    // Null: it is none. What .NET says of it may quote it.
    private static DiditSession? FromJson(string payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload, DiditJson.Default.DiditSession);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public override string ToString() => $"session {Id}";
}

/// <summary>Source-generated serialization of records of version 1.</summary>
[JsonSerializable(typeof(DiditSession))]
internal sealed partial class DiditJson : JsonSerializerContext;
