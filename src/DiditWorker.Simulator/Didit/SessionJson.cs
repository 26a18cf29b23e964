using System.Globalization;
using System.Text.Json.Nodes;

namespace DiditWorker.Simulator.Didit;

/// <summary>A session as each operation shows it.</summary>
internal static class SessionJson
{
    public static Reply Created(SimulatedSession session, bool made, SimulatorSettings settings)
    {
        var body = Start(session, settings);
        body["workflow_version"] = session.WorkflowVersion;
        body["session_kind"] = session.SessionKind;
        body["session_token"] = session.SessionToken;
        body["metadata"] = Metadata(session);
        body["callback"] = session.Callback;
        body["url"] = session.Url;
        return Reply.Json(201, body) with { SessionId = session.SessionId, Made = made };
    }

    public static JsonObject Row(SimulatedSession session, SimulatorSettings settings, DateTimeOffset now)
    {
        var row = Start(session, settings);
        row["created_at"] = Text(session.CreatedAt);
        if (session.HasUrl(settings, now))
        {
            row["session_url"] = session.Url;
        }

        if (settings.ListReturnsVersion)
        {
            row["workflow_version"] = session.WorkflowVersion;
        }

        if (settings.ListReturnsMetadata)
        {
            row["metadata"] = Metadata(session);
        }

        return row;
    }

    public static JsonObject Decision(SimulatedSession session, SimulatorSettings settings, DateTimeOffset now)
    {
        var body = Start(session, settings);
        body["workflow_version"] = session.WorkflowVersion;
        if (session.HasUrl(settings, now))
        {
            body["url"] = session.Url;
        }

        if (settings.DecisionReturnsMetadata)
        {
            body["metadata"] = Metadata(session);
        }

        body["callback"] = session.Callback;
        body["created_at"] = Text(session.CreatedAt);
        body["expires_at"] = Text(session.ExpiresAt);
        body["environment"] = "sandbox";
        return body;
    }

    private static JsonObject Start(SimulatedSession session, SimulatorSettings settings)
    {
        var start = new JsonObject
        {
            [settings.SessionIdField == SessionIdField.Uuid ? "uuid" : "session_id"] = session.SessionId,
            ["session_number"] = session.SessionNumber,
            ["status"] = session.Status,
            ["vendor_data"] = session.VendorData,
            ["workflow_id"] = session.WorkflowId,
        };
        if (settings.SessionIdField == SessionIdField.Both)
        {
            start["uuid"] = session.SessionId;
        }

        return start;
    }

    private static JsonObject? Metadata(SimulatedSession session) =>
        session.Metadata is { } metadata ? JsonObject.Create(metadata) : null;

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
