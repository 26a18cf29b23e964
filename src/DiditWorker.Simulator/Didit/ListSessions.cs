using System.Globalization;
using System.Text.Json.Nodes;

namespace DiditWorker.Simulator.Didit;

/// <summary><c>GET /v3/sessions/</c>.</summary>
internal static class ListSessions
{
    private static readonly string[] TimeFormats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static Reply Run(DiditCall call)
    {
        var query = call.Http.Request.Query;
        if (Refusal(query) is { } refusal)
        {
            return refusal;
        }

        var settings = call.World.Settings;
        var now = call.World.Now;
        var all = call.VendorData is { Length: > 0 } vendorData ? call.World.Sessions.Of(vendorData, now) : call.World.Sessions.All(now);
        var found = all.Where(session => !session.Deleted && session.CreatedAt + settings.ListLag <= now && Matches(session, query))
            .OrderByDescending(session => session.CreatedAt)
            .ThenByDescending(session => session.SessionNumber)
            .ToList();
        var limit = Math.Min(Number(query["limit"]) is > 0 and var asked ? asked : settings.ListDefaultLimit, settings.ListMaxLimit);
        var offset = Number(query["offset"]);
        return Reply.Json(200, new JsonObject
        {
            ["count"] = found.Count,
            ["next"] = offset + limit < found.Count ? Page(call.Http.Request, limit, offset + limit) : null,
            ["previous"] = offset > 0 ? Page(call.Http.Request, limit, Math.Max(0, offset - limit)) : null,
            ["results"] = new JsonArray([.. found.Skip(offset).Take(limit).Select(session => SessionJson.Row(session, settings))]),
        });
    }

    private static Reply? Refusal(IQueryCollection query)
    {
        if (Given(query, "workflow_id") is { } workflow && !Guid.TryParse(workflow, out _))
        {
            return Reply.FieldError("workflow_id", "Must be a valid UUID.");
        }

        if (Given(query, "status") is { } status && !SessionStatus.All.Contains(status, StringComparer.Ordinal))
        {
            return Reply.FieldError("status", $"Select a valid choice. {status} is not one of the available choices.");
        }

        return Array.Find(["date_from", "date_to"], name => Given(query, name) is { } text && Time(text) is null) is { } wrong
            ? Reply.FieldError(wrong, "Enter a valid date.")
            : null;
    }

    private static bool Matches(SimulatedSession session, IQueryCollection query) =>
        (Given(query, "workflow_id") is not { } workflow || string.Equals(Guid.Parse(workflow).ToString(), session.WorkflowId, StringComparison.Ordinal))
        && (Given(query, "status") is not { } status || string.Equals(status, session.Status, StringComparison.Ordinal))
        && (Given(query, "date_from") is not { } from || session.CreatedAt >= Time(from))
        && (Given(query, "date_to") is not { } to || session.CreatedAt <= EndOf(to));

    /// <summary>A date without a time of day means all of that day.</summary>
    private static DateTimeOffset? EndOf(string text) =>
        text.Contains('T', StringComparison.Ordinal) ? Time(text) : Time(text)?.AddDays(1).AddTicks(-1);

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    private static string? Given(IQueryCollection query, string name) => query[name].FirstOrDefault() is { Length: > 0 } value ? value : null;

    /// <summary>Didit's framework takes an unreadable page number as none.</summary>
    private static int Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string Page(HttpRequest request, int limit, int offset)
    {
        var kept = request.Query.Where(p => p.Key is not ("limit" or "offset"))
            .SelectMany(p => p.Value, (p, value) => KeyValuePair.Create(p.Key, value));
        var page = QueryString.Create([.. kept, new("limit", $"{limit}"), new("offset", $"{offset}")]);
        return $"{request.Scheme}://{request.Host}{request.Path}{page}";
    }
}
