using System.Text.Json;

namespace DiditWorker.Didit;

/// <summary>A session that a look-up found.</summary>
/// <param name="Id">Didit's id; empty where the row has none that can be read: it counts as a candidate all the same.</param>
/// <param name="Number">Didit's number.</param>
/// <param name="Url">Where the person verifies; not every reply has it.</param>
/// <param name="Status">Didit's words.</param>
/// <param name="WorkflowId">Not every reply has it.</param>
/// <param name="CreatedAt">Not every reply has it.</param>
/// <param name="MetadataKnown">Whether the reply carried metadata at all: the list may not.</param>
/// <param name="Key">The key in its metadata, if any.</param>
public sealed record FoundSession(
    string Id, long? Number, string? Url, string? Status, string? WorkflowId, DateTimeOffset? CreatedAt, bool MetadataKnown, string? Key)
{
    private const int LongestInText = 64;

    /// <summary>Whether it can be asked for and adopted.</summary>
    public bool HasId => Id.Length > 0;

    /// <summary>From a row of the list, whatever that is.</summary>
    public static FoundSession FromList(JsonElement row)
    {
        var id = row.Text("session_id") ?? row.Text("uuid") ?? "";
        var metadata = row.Member("metadata");
        return new(id, row.Number("session_number"), row.Text("session_url") ?? row.Text("url"), row.Text("status"),
            row.Text("workflow_id"), row.Time("created_at"), metadata is not null, KeyIn(metadata));
    }

    /// <summary>Filled up from the session's decision.</summary>
    public FoundSession With(JsonElement decision) => this with
    {
        Number = Number ?? decision.Number("session_number"),
        Url = decision.Text("url") ?? decision.Text("session_url") ?? Url,
        Status = decision.Text("status") ?? Status,
        WorkflowId = decision.Text("workflow_id") ?? WorkflowId,
        CreatedAt = CreatedAt ?? decision.Time("created_at"),
        MetadataKnown = true,
        Key = KeyIn(decision.Member("metadata")) ?? Key,
    };

    /// <summary>From the decision of a session with this id.</summary>
    public static FoundSession FromDecision(string id, JsonElement decision) =>
        new FoundSession(id, Number: null, Url: null, Status: null, WorkflowId: null, CreatedAt: null, MetadataKnown: true, Key: null).With(decision);

    /// <summary>As an answer; none without a URL.</summary>
    /// <param name="workflowId">Where Didit did not say it.</param>
    /// <param name="now">Taken for the time of its making where Didit did not say that.</param>
    public DiditSession? ToSession(string workflowId, DateTimeOffset now) =>
        Url is null ? null : new(Id, Number, Url, Status ?? "Not Started", WorkflowId ?? workflowId, CreatedAt ?? now);

    /// <inheritdoc />
    public override string ToString() => $"{(HasId ? Clip(Id) : "one without an id")} ({Clip(Status ?? "unknown status")})";

    private static string Clip(string text) => text.Length <= LongestInText ? text : text[..LongestInText] + "…";

    // Documented once as an object and once as a JSON string.
    private static string? KeyIn(JsonElement? metadata) => metadata switch
    {
        { ValueKind: JsonValueKind.Object } value => value.Text(CreateBody.KeyMember),
        { ValueKind: JsonValueKind.String } value => LenientJson.TryParse(System.Text.Encoding.UTF8.GetBytes(value.Text() ?? ""))?.Text(CreateBody.KeyMember),
        _ => null,
    };
}
