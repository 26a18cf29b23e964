using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DiditWorker.Simulator.Control;

/// <summary>The operations of <see cref="SimulatorState"/> over HTTP.</summary>
internal sealed class ControlApi(SimulatorState state)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", http => Write(http, 200, new { status = "ok" }));
        var control = routes.MapGroup("/simulator");
        control.MapGet("/settings", http => Write(http, 200, state.Settings.Masked()));
        control.MapPatch("/settings", Guarded(PatchSettingsAsync));
        control.MapGet("/faults", http => Write(http, 200, state.Faults));
        control.MapPost("/faults", Guarded(AddFaultAsync));
        control.MapDelete("/faults", http => Done(http, state.ClearFaults));
        control.MapDelete("/faults/{id:long}", RemoveFault);
        control.MapGet("/sessions", ListSessions);
        control.MapPost("/sessions", Guarded(SeedAsync));
        control.MapPut("/sessions/{id}/status", Guarded(SetStatusAsync));
        control.MapGet("/requests", Guarded(ListRequests));
        control.MapDelete("/requests", http => Done(http, state.ClearRequests));
        control.MapGet("/duplicates", http => Write(http, 200, state.Duplicates()));
        control.MapGet("/summary", http => Write(http, 200, state.Summary()));
        control.MapPost("/reset", http => Done(http, state.Reset));
        control.MapFallback(
            "/{**path}", http => Write(http, 404, new { errors = new { path = "is no control operation; see README.md" } }));
    }

    private static RequestDelegate Guarded(RequestDelegate handle) => async http =>
    {
        try
        {
            await handle(http);
        }
        catch (InvalidInputException e)
        {
            await Write(http, 400, new { errors = e.Errors });
        }
    };

    private static Task Write<T>(HttpContext http, int status, T value)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(value, StrictJson.Options, http.RequestAborted);
    }

    private static Task Done(HttpContext http, Action act)
    {
        act();
        http.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private static async Task<JsonObject> BodyAsync(HttpContext http)
    {
        try
        {
            var strict = new JsonDocumentOptions { AllowDuplicateProperties = false };
            var body = await JsonNode.ParseAsync(http.Request.Body, documentOptions: strict, cancellationToken: http.RequestAborted);
            return body as JsonObject ?? throw InvalidInputException.For("body", "must be a JSON object");
        }
        catch (JsonException)
        {
            throw InvalidInputException.For("body", "must be a JSON object, no member twice");
        }
    }

    private async Task PatchSettingsAsync(HttpContext http)
    {
        var body = await BodyAsync(http);
        var settings = state.Configure(now => StrictJson.Read(body, now));
        await Write(http, 200, settings.Masked());
    }

    private async Task AddFaultAsync(HttpContext http)
    {
        var id = state.AddFault(StrictJson.Read<FaultRule>(await BodyAsync(http)));
        await Write(http, 201, new { id });
    }

    private Task RemoveFault(HttpContext http)
    {
        var id = long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);
        http.Response.StatusCode = state.RemoveFault(id) ? 204 : 404;
        return Task.CompletedTask;
    }

    private Task ListSessions(HttpContext http)
    {
        var vendorData = http.Request.Query["vendorData"].FirstOrDefault();
        return Write(http, 200, state.Sessions.Where(session => Wanted(vendorData, session.VendorData)));
    }

    private async Task SeedAsync(HttpContext http) =>
        await Write(http, 201, state.Seed(StrictJson.Read<SessionSeed>(await BodyAsync(http))));

    private async Task SetStatusAsync(HttpContext http)
    {
        var wanted = StrictJson.Read<StatusChange>(await BodyAsync(http));
        try
        {
            await Write(http, 200, state.SetStatus((string)http.Request.RouteValues["id"]!, wanted.Status));
        }
        catch (KeyNotFoundException)
        {
            http.Response.StatusCode = 404;
        }
    }

    private Task ListRequests(HttpContext http)
    {
        var query = http.Request.Query;
        var vendorData = query["vendorData"].FirstOrDefault();
        var key = query["idempotencyKey"].FirstOrDefault();
        var operation = StrictJson.Read<OperationFilter>(new JsonObject { ["operation"] = query["operation"].FirstOrDefault() ?? "any" })
            .Operation;
        http.Response.Headers["X-Requests-Dropped"] = state.RequestsDropped.ToString(CultureInfo.InvariantCulture);
        return Write(http, 200, state.Requests.Where(request =>
            Wanted(vendorData, request.VendorData)
            && Wanted(key, request.IdempotencyKey)
            && (operation == DiditOperation.Any || operation == request.Operation)));
    }

    private static bool Wanted(string? filter, string? value) => filter is null || string.Equals(filter, value, StringComparison.Ordinal);

    private sealed record StatusChange
    {
        public required string Status { get; init; }
    }

    private sealed record OperationFilter
    {
        public required DiditOperation Operation { get; init; }
    }
}
