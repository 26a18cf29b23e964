using System.Globalization;
using System.Text.Json.Nodes;

namespace DiditWorker.Simulator.Didit;

/// <summary><c>GET /v3/sessions/</c>.</summary>
internal static class ListSessions
{
    private const int MaxBusinessesCounted = 100;

    private static readonly string[] TimeFormats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static Reply Run(DiditCall call)
    {
        var query = call.Http.Request.Query;
        var kind = Given(query, "session_kind") ?? SessionKind.User;
        var settings = call.World.Settings;
        if ((Forbidden(kind, settings) ?? Refusal(kind, query)) is { } refusal)
        {
            return refusal;
        }

        var found = Found(call, settings);
        var users = kind == SessionKind.Business ? [] : found.FindAll(session => !session.IsBusiness);
        var businesses = kind == SessionKind.User ? [] : found.FindAll(session => session.IsBusiness);
        var limit = Math.Min(Number(query["limit"]) is > 0 and var asked ? asked : settings.ListDefaultLimit, settings.ListMaxLimit);
        var offset = Number(query["offset"]);

        // With both kinds a page has so many of each, and only the users say whether there is a next one.
        var paged = kind == SessionKind.Business ? businesses : users;
        var rows = NewestFirst([.. Part(users, offset, limit), .. Part(businesses, offset, limit)]);
        return Reply.Json(200, new JsonObject
        {
            ["count"] = users.Count + Math.Min(businesses.Count, MaxBusinessesCounted),
            ["next"] = offset + limit < paged.Count ? Page(call.Http.Request, limit, offset + limit) : null,
            ["previous"] = offset > 0 ? Page(call.Http.Request, limit, Math.Max(0, offset - limit)) : null,
            ["results"] = new JsonArray([.. rows.Select(session => SessionJson.Row(session, settings, call.World.Now))]),
        });
    }

    private static List<SimulatedSession> Found(DiditCall call, SimulatorSettings settings)
    {
        var now = call.World.Now;
        var all = call.VendorData is { Length: > 0 } vendorData ? call.World.Sessions.Of(vendorData, now) : call.World.Sessions.All(now);
        return NewestFirst(all.Where(session =>
            !session.Deleted
            && (session.Seeded || settings.ListScope == ListScope.Everything)
            && session.CreatedAt + settings.ListLag <= now
            && Matches(session, call.Http.Request.Query)));
    }

    private static IEnumerable<SimulatedSession> Part(List<SimulatedSession> sessions, int offset, int limit) =>
        sessions.Skip(offset).Take(limit);

    // Mostly they are in the order of their making already: a page of very many is not worth a sort.
    private static List<SimulatedSession> NewestFirst(IEnumerable<SimulatedSession> sessions)
    {
        var newest = sessions.Reverse().ToList();
        return newest.Zip(newest.Skip(1)).All(pair => IsNewer(pair.First, pair.Second)) ? newest
            : [.. newest.OrderByDescending(session => session.CreatedAt).ThenByDescending(session => session.SessionNumber)];
    }

    private static bool IsNewer(SimulatedSession one, SimulatedSession other) => one.CreatedAt > other.CreatedAt
        || (one.CreatedAt == other.CreatedAt && one.SessionNumber > other.SessionNumber);

    private static Reply? Forbidden(string kind, SimulatorSettings settings)
    {
        if (settings.ListScope == ListScope.Refused)
        {
            return Reply.Detail(403, "You do not have permission to perform this action.");
        }

        return settings.BusinessListStatus is { } status && kind is (SessionKind.Business or SessionKind.All)
            ? Reply.Detail(status, "Business verification is not enabled for this application.")
            : null;
    }

    private static Reply? Refusal(string kind, IQueryCollection query)
    {
        if (kind is not (SessionKind.User or SessionKind.Business or SessionKind.All))
        {
            return Reply.FieldError("session_kind", $"\"{kind}\" is not a valid choice.");
        }

        if (Given(query, "workflow_id") is { } workflow && !Guid.TryParse(workflow, out _))
        {
            return Reply.FieldError("workflow_id", "Must be a valid UUID.");
        }

        if (Array.Find(Statuses(query), status => !SessionStatus.All.Contains(status, StringComparer.Ordinal)) is { } unknown)
        {
            return Reply.FieldError("status", $"Select a valid choice. {unknown} is not one of the available choices.");
        }

        return Array.Find(["date_from", "date_to"], name => Given(query, name) is { } text && Time(text) is null) is { } wrong
            ? Reply.FieldError(wrong, "Enter a valid date.")
            : null;
    }

    private static bool Matches(SimulatedSession session, IQueryCollection query) =>
        (Given(query, "workflow_id") is not { } workflow
            || string.Equals(Guid.Parse(workflow).ToString(), session.WorkflowId, StringComparison.Ordinal))
        && (Statuses(query) is not { Length: > 0 } statuses || statuses.Contains(session.Status, StringComparer.Ordinal))
        && (Given(query, "date_from") is not { } from || session.CreatedAt >= Time(from))
        && (Given(query, "date_to") is not { } to || session.CreatedAt <= EndOf(to));

    private static string[] Statuses(IQueryCollection query) => Given(query, "status")?.Split(',') ?? [];

    /// <summary>A date without a time of day means all of that day.</summary>
    private static DateTimeOffset? EndOf(string text) =>
        text.Contains('T', StringComparison.Ordinal) ? Time(text) : Time(text)?.AddDays(1).AddTicks(-1);

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    private static string? Given(IQueryCollection query, string name) =>
        query[name].FirstOrDefault() is { Length: > 0 } value ? value : null;

    /// <summary>Didit's framework takes an unreadable page number as none.</summary>
    private static int Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string Page(HttpRequest request, int limit, int offset)
    {
        var kept = request.Query.Where(p => p.Key is not ("limit" or "offset"))
            .SelectMany(p => p.Value, (p, value) => KeyValuePair.Create(p.Key, value));
        var page = QueryString.Create([.. kept, new("limit", $"{limit}"), new("offset", $"{offset}")]);
        return $"{request.Scheme}://{request.Host}{request.Path}{page}";
    }
}
