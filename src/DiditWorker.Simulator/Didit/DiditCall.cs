using System.Text.Json;
using DiditWorker.Simulator.Memory;

namespace DiditWorker.Simulator.Didit;

/// <summary>One request to the Didit API, read to its end before anything is decided about it.</summary>
internal sealed class DiditCall
{
    private DiditCall(HttpContext http, DiditOperation operation, World world)
    {
        Http = http;
        Operation = operation;
        World = world;
        Arrived = world.Now;
        SessionId = Guid.TryParse(http.Request.RouteValues["id"] as string, out var id) ? id.ToString() : null;
        Key = http.Request.Headers["Idempotency-Key"].FirstOrDefault();
    }

    public HttpContext Http { get; }

    public DiditOperation Operation { get; }

    public World World { get; }

    public DateTimeOffset Arrived { get; }

    public string? SessionId { get; }

    public string? Key { get; }

    public string? VendorData { get; private set; }

    public byte[] Body { get; private set; } = [];

    public JsonElement? Json { get; private set; }

    /// <summary>The client left before its body had arrived.</summary>
    public bool Cut { get; private set; }

    public static async Task<DiditCall> ReadAsync(HttpContext http, DiditOperation operation, World world)
    {
        var call = new DiditCall(http, operation, world);
        if (operation == DiditOperation.Create)
        {
            await call.ReadBodyAsync();
        }

        call.VendorData = operation switch
        {
            DiditOperation.Create => call.Text("vendor_data"),
            DiditOperation.List => http.Request.Query["vendor_data"].FirstOrDefault(),
            _ => call.SessionId is { } id ? world.Sessions.Find(id, world.Now)?.VendorData : null,
        };
        return call;
    }

    public JsonElement? Member(string name) =>
        Json is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty(name, out var value)
            && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public LoggedRequest ToLog() => new()
    {
        At = World.Now,
        Operation = Operation,
        Method = Http.Request.Method,
        Path = Http.Request.Path.Value ?? "/",
        IdempotencyKey = Key,
        VendorData = VendorData,
        SessionId = SessionId,
    };

    private string? Text(string name) => Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private async Task ReadBodyAsync()
    {
        try
        {
            using var buffer = new MemoryStream();
            await Http.Request.Body.CopyToAsync(buffer, Http.RequestAborted);
            Body = buffer.ToArray();
            using var document = JsonDocument.Parse(Body);
            Json = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            Json = null;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            Cut = true;
        }
    }
}
