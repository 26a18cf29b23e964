namespace DiditWorker.Simulator.Didit;

/// <summary><c>GET /v3/session/{id}/decision/</c> and <c>DELETE /v3/session/{id}/delete/</c>.</summary>
internal static class OneSession
{
    public static Reply Decide(DiditCall call) =>
        call.SessionId is { } id && call.World.Sessions.Find(id, call.World.Now) is { } session
            ? Reply.Json(200, SessionJson.Decision(session, call.World.Settings, call.World.Now))
            : NotFound();

    public static Reply Delete(DiditCall call) =>
        call.SessionId is { } id && call.World.Sessions.Change(id, session => session with { Deleted = true }) is not null
            ? new Reply(204, default)
            : NotFound();

    private static Reply NotFound() => Reply.Detail(404, "Not found.");
}
