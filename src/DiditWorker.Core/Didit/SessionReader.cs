using System.Text;
using System.Text.Json;
using DiditWorker.Protocol;

namespace DiditWorker.Didit;

/// <summary>Reads what Didit says of a session, in a list or a decision. Tolerant: what is missing is null.</summary>
internal static class SessionReader
{
    /// <summary>From a row of the list, whatever that is.</summary>
    public static FoundSession FromList(JsonElement row)
    {
        var id = row.Text("session_id") ?? row.Text("uuid") ?? "";
        var metadata = row.Member("metadata");
        return new()
        {
            Id = id,
            Number = row.Number("session_number"),
            Url = row.Text("session_url") ?? row.Text("url"),
            Status = row.Text("status"),
            WorkflowId = row.Text("workflow_id"),
            CreatedAt = row.Time("created_at"),
            MetadataKnown = metadata is not null,
            Key = KeyIn(metadata),
            Version = row.Number("workflow_version"),
        };
    }

    /// <summary>From the decision of a session with this id.</summary>
    public static FoundSession FromDecision(string id, JsonElement decision) =>
        new FoundSession { Id = id, MetadataKnown = true }.With(decision);

    /// <summary>Filled up from the session's decision.</summary>
    public static FoundSession With(this FoundSession session, JsonElement decision) => session with
    {
        Number = session.Number ?? decision.Number("session_number"),
        Url = decision.Text("url") ?? decision.Text("session_url") ?? session.Url,
        Status = decision.Text("status") ?? session.Status,
        WorkflowId = decision.Text("workflow_id") ?? session.WorkflowId,
        CreatedAt = session.CreatedAt ?? decision.Time("created_at"),
        MetadataKnown = true,
        Key = KeyIn(decision.Member("metadata")) ?? session.Key,
        Version = decision.Number("workflow_version") ?? session.Version,
    };

    // Documented once as an object and once as a JSON string.
    private static string? KeyIn(JsonElement? metadata) => metadata switch
    {
        { ValueKind: JsonValueKind.Object } value => value.Text(CreateBody.KeyMember),
        { ValueKind: JsonValueKind.String } value => LenientJson.TryParse(Encoding.UTF8.GetBytes(value.Text() ?? ""))
            ?.Text(CreateBody.KeyMember),
        _ => null,
    };
}
