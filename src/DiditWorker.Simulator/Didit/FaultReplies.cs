using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace DiditWorker.Simulator.Didit;

/// <summary>What each kind of fault answers.</summary>
internal static class FaultReplies
{
    private const int DefaultSize = 8 * 1024 * 1024;

    public static async Task<Reply?> WithoutWorkAsync(DiditCall call, FaultRule fault)
    {
        if (fault.Kind == FaultKind.TimeoutBeforeCreate)
        {
            await call.HangAsync(fault.Delay);
            return null;
        }

        await call.WaitAsync(fault.Delay.GetValueOrDefault());
        return fault.Kind switch
        {
            FaultKind.ResetBeforeCreate => null,
            FaultKind.Redirect => Dressed(new Reply(307, default).With([new("Location", "/redirected/")]), fault),
            _ => Dressed(OfStatus(fault.Status.GetValueOrDefault(), fault), fault),
        };
    }

    public static async Task<Reply?> AfterWorkAsync(DiditCall call, FaultRule fault, Reply reply)
    {
        switch (fault.Kind)
        {
            case FaultKind.TimeoutAfterCreate:
                await call.HangAsync(fault.Delay);
                break;
            case FaultKind.ResetAfterCreate:
                return null;
            case FaultKind.StatusAfterCreate:
                reply = OfStatus(fault.Status ?? 502, fault);
                break;
            case FaultKind.Malformed:
                reply = fault.Body is { } body ? reply with { Body = Reply.Text(0, body, Reply.JsonType).Body } : Broken(reply);
                break;
            case FaultKind.Huge:
                reply = reply with { Padding = Math.Max(0, (fault.Size ?? DefaultSize) - reply.Body.Length) };
                break;
            case FaultKind.Empty:
                reply = reply with { Body = default };
                break;
        }

        return Dressed(reply, fault);
    }

    private static Reply Broken(Reply reply) => reply with { Body = reply.Body[..(reply.Body.Length / 2)] };

    private static Reply Dressed(Reply reply, FaultRule fault)
    {
        reply = fault.ContentType is { } type ? reply with { ContentType = type } : reply;
        reply = string.IsNullOrEmpty(fault.RetryAfter) ? reply : reply.With([new("Retry-After", fault.RetryAfter)]);
        return fault.Headers is { } headers ? reply.With(headers) : reply;
    }

    private static Reply OfStatus(int status, FaultRule fault)
    {
        var reply = fault switch
        {
            { Body: { } body } => Reply.Text(status, body, Reply.JsonType),
            { Shape: { } shape } => Shaped(status, shape),
            _ => Ready(status),
        };
        return status == 429 && fault.RetryAfter is null ? reply.With([new("Retry-After", "1")]) : reply;
    }

    private static Reply Ready(int status) => status switch
    {
        400 => Shaped(400, ErrorShape.FieldMap),
        401 => Reply.Detail(401, "Invalid API key."),
        402 => Reply.Detail(402, "Not enough credits."),
        403 => Reply.Detail(403, "You do not have permission to perform this action."),
        404 => Reply.Detail(404, "Not found."),
        409 => Reply.Detail(409, "A request with this Idempotency-Key is still being processed."),
        429 => Reply.Detail(429, "Request was throttled. Expected available in 1 second."),
        >= 500 => Html(status, ReasonPhrases.GetReasonPhrase(status)),
        _ => Reply.Detail(status, ReasonPhrases.GetReasonPhrase(status)),
    };

    private static Reply Html(int status, string reason) => Reply.Text(
        status,
        $"<html><head><title>{status} {reason}</title></head><body><center><h1>{status} {reason}</h1></center></body></html>",
        "text/html");

    private static Reply Shaped(int status, ErrorShape shape)
    {
        const string text = "The request is invalid.";
        return Reply.Json(status, shape switch
        {
            ErrorShape.FieldMap => new JsonObject { ["callback"] = new JsonArray("Enter a valid URL.") },
            ErrorShape.Nested => new JsonObject
            {
                ["expected_details"] = new JsonObject { ["date_of_birth"] = new JsonArray("Date has wrong format.") },
            },
            ErrorShape.Array => new JsonArray(text),
            ErrorShape.Detail => new JsonObject { ["detail"] = text },
            ErrorShape.Message => new JsonObject { ["message"] = text },
            _ => new JsonObject { ["error"] = text },
        });
    }
}
