using System.Globalization;
using System.Text.Json.Nodes;
using DiditWorker.Simulator.Memory;

namespace DiditWorker.Simulator.Didit;

/// <summary>The Didit API: what happens to every request, whatever it asks for.</summary>
internal sealed class DiditApi(SimulatorState state)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v3/session/", Handle(DiditOperation.Create));
        routes.MapGet("/v3/sessions/", Handle(DiditOperation.List));
        routes.MapGet("/v3/session/{id}/decision/", Handle(DiditOperation.Decision));
        routes.MapDelete("/v3/session/{id}/delete/", Handle(DiditOperation.Delete));
        routes.MapGet("/system/healthcheck", Handle(DiditOperation.Health));
        routes.MapFallback("/{**path}", Handle(DiditOperation.Other));
    }

    private RequestDelegate Handle(DiditOperation operation) => http => HandleAsync(http, operation);

    private async Task HandleAsync(HttpContext http, DiditOperation operation)
    {
        var world = state.World;
        var call = await DiditCall.ReadAsync(http, operation, world);
        var trace = new Trace(world.Log, call.ToLog());
        var reply = call.Cut ? null : await AnswerAsync(call, trace);
        if (reply is null || http.RequestAborted.IsCancellationRequested)
        {
            trace.Set(entry => entry with { Ended = world.Now });
            http.Abort();
            return;
        }

        // Logged before it is written, so that a client that has its answer finds it in the log.
        trace.Set(entry => entry with { Status = reply.Status, Ended = world.Now });
        reply = world.Settings.DateSkew is { } skew
            ? reply.With([new("Date", (world.Now + skew).ToString("R", CultureInfo.InvariantCulture))])
            : reply;
        try
        {
            await reply.WriteAsync(http);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            trace.Set(entry => entry with { Status = 0 });
        }
    }

    /// <summary>The answer, or null where the connection is to be aborted.</summary>
    private static async Task<Reply?> AnswerAsync(DiditCall call, Trace trace)
    {
        if (call.Operation is not (DiditOperation.Health or DiditOperation.Other) && !call.Http.Request.Path.Value!.EndsWith('/'))
        {
            var request = call.Http.Request;
            switch (call.World.Settings.WithoutSlash)
            {
                case WithoutSlash.Works:
                    return await AfterWorkAsync(call, fault: null, trace);
                case WithoutSlash.Refused:
                    return Reply.Detail(404, "Not found.");
            }

            return new Reply(301, default).With([new("Location", request.Path + "/" + request.QueryString)]);
        }

        var fault = call.World.Faults.Take(call.Operation, call.VendorData, call.Key);
        if (fault is not null)
        {
            trace.Set(entry => entry with { Fault = fault.Kind });
        }

        try
        {
            return fault?.Kind is FaultKind.Status or FaultKind.Redirect or FaultKind.ResetBeforeCreate or FaultKind.TimeoutBeforeCreate
                ? await FaultReplies.WithoutWorkAsync(call, fault)
                : await AfterWorkAsync(call, fault, trace);
        }
        catch (OperationCanceledException) when (call.World.Ended.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<Reply?> AfterWorkAsync(DiditCall call, FaultRule? fault, Trace trace)
    {
        var before = fault is null or { Kind: FaultKind.TimeoutAfterCreate } ? TimeSpan.Zero : fault.Delay.GetValueOrDefault();
        var reply = await WorkAsync(call, before);
        trace.Set(entry => entry with { SessionId = reply.SessionId ?? entry.SessionId, Made = reply.Made });
        return fault is null ? reply : await FaultReplies.AfterWorkAsync(call, fault, reply);
    }

    private static async Task<Reply> WorkAsync(DiditCall call, TimeSpan delay)
    {
        var settings = call.World.Settings;
        if (call.Operation != DiditOperation.Health
            && settings.ApiKey is { } key
            && !string.Equals(key, call.Http.Request.Headers["x-api-key"], StringComparison.Ordinal))
        {
            return Reply.Detail(settings.BadKeyStatus, "Invalid API key.");
        }

        var (limiter, limit) = call.Operation switch
        {
            DiditOperation.Create => (call.World.Creates, settings.RequestsPerMinute),
            DiditOperation.List or DiditOperation.Decision => (call.World.Gets, settings.GetsPerMinute),
            _ => (call.World.Creates, 0),
        };
        if (limit == 0)
        {
            return await OperateAsync(call, delay);
        }

        var rate = limiter.Take(limit, call.World.Now);
        var reply = rate.Allowed ? await OperateAsync(call, delay) : Reply.Detail(429, "Request was throttled.");
        return reply.With(rate.Headers().Where(header => settings.RateHeaders || header.Key == "Retry-After"));
    }

    private static async Task<Reply> OperateAsync(DiditCall call, TimeSpan delay)
    {
        if (call.Operation == DiditOperation.Create)
        {
            return await CreateSession.RunAsync(call, delay);
        }

        await call.WaitAsync(delay);
        return call.Operation switch
        {
            DiditOperation.List => ListSessions.Run(call),
            DiditOperation.Decision => OneSession.Decide(call),
            DiditOperation.Delete => OneSession.Delete(call),
            DiditOperation.Health => Reply.Json(200, new JsonObject { ["status"] = "ok" }),
            _ => Reply.Detail(404, "Not found."),
        };
    }

    /// <summary>A request's log entry as it grows.</summary>
    private sealed class Trace(RequestLog log, LoggedRequest first)
    {
        private LoggedRequest _entry = log.Begin(first);

        public void Set(Func<LoggedRequest, LoggedRequest> change) => _entry = log.Update(_entry, change(_entry));
    }
}
