using System.Security.Cryptography;
using System.Text.Json;
using DiditWorker.Simulator.Memory;

namespace DiditWorker.Simulator.Didit;

/// <summary><c>POST /v3/session/</c>.</summary>
internal static class CreateSession
{
    public static async Task<Reply> RunAsync(DiditCall call, TimeSpan delay)
    {
        if (Refusal(call) is { } refusal)
        {
            await call.WaitAsync(delay);
            return refusal;
        }

        var world = call.World;
        var settings = world.Settings;
        var verdict = settings.Header == HeaderMode.Honoured && call.Key is { Length: > 0 } key
            ? world.Keys.Begin(key, SHA256.HashData(call.Body), settings, world.Now)
            : default;
        await call.WaitAsync(delay + settings.CreateDelay);
        return verdict switch
        {
            { Conflict: { } detail } => Reply.Detail(409, detail),
            { Original: { } session } => SessionJson.Created(session, made: false, settings),
            _ => Make(call, verdict.First, settings),
        };
    }

    private static Reply Make(DiditCall call, KeyEntry? entry, SimulatorSettings settings)
    {
        var (session, made) = call.World.Sessions.MakeOrReuse(Order(call), settings, call.World.Now);
        if (entry is not null)
        {
            call.World.Keys.Complete(entry, session);
        }

        return SessionJson.Created(session, made, settings);
    }

    private static SessionOrder Order(DiditCall call) => new()
    {
        WorkflowId = call.Member("workflow_id")!.Value.GetGuid().ToString(),
        VendorData = call.VendorData,
        Callback = call.Member("callback")?.GetString(),
        Metadata = call.Member("metadata") is { } metadata ? ParsedMetadata(metadata) : null,
        IdempotencyKey = call.Key,
        Arrived = call.Arrived,
    };

    private static Reply? Refusal(DiditCall call)
    {
        if (!call.Http.Request.HasJsonContentType())
        {
            return Reply.Detail(415, $"Unsupported media type \"{call.Http.Request.ContentType}\" in request.");
        }

        if (call.Json is not { } body)
        {
            return Reply.Detail(400, "JSON parse error.");
        }

        if (body.ValueKind != JsonValueKind.Object)
        {
            return Reply.FieldError("non_field_errors", "Invalid data. Expected a dictionary.");
        }

        var settings = call.World.Settings;
        return call.Member("workflow_id") switch
        {
            null => Reply.FieldError("workflow_id", "This field is required."),
            { ValueKind: JsonValueKind.String } id when id.TryGetGuid(out var workflow) =>
                settings.OnlyWorkflow is { } only && Guid.Parse(only) != workflow
                    ? Reply.Detail(settings.UnknownWorkflowStatus, "Invalid workflow_id.")
                    : RefusedOption(call),
            _ => Reply.FieldError("workflow_id", "Must be a valid UUID."),
        };
    }

    private static Reply? RefusedOption(DiditCall call)
    {
        foreach (var name in new[] { "vendor_data", "callback" })
        {
            if (call.Member(name) is { ValueKind: not JsonValueKind.String })
            {
                return Reply.FieldError(name, "Not a valid string.");
            }
        }

        return call.Member("metadata") is { } metadata && ParsedMetadata(metadata) is null
            ? Reply.FieldError("metadata", "Value must be valid JSON.")
            : null;
    }

    /// <summary>Didit's pages give metadata once as an object and once as a string of JSON.</summary>
    private static JsonElement? ParsedMetadata(JsonElement sent)
    {
        if (sent.ValueKind != JsonValueKind.String)
        {
            return sent.ValueKind == JsonValueKind.Object ? sent : null;
        }

        try
        {
            using var document = JsonDocument.Parse(sent.GetString()!);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
