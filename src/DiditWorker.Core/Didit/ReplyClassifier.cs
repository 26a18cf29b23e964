using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using DiditWorker.Protocol;

namespace DiditWorker.Didit;

/// <summary>Sorts what Didit, or what stands in front of it, answered. Pure, and tolerant: what comes is input like any other.</summary>
public static class ReplyClassifier
{
    /// <summary>
    /// Longest wait that <c>Retry-After</c> may ask for; more is cut off, since a reply must not be able to stop the worker.
    /// </summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(2);

    /// <summary>Sorts the reply to a create.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="headers">For <c>Retry-After</c>.</param>
    /// <param name="body">The body, or <see langword="null"/> if it was larger than allowed.</param>
    /// <param name="workflowId">What was asked for, where the reply does not say.</param>
    /// <param name="sent">The request's strings, to be masked in Didit's words.</param>
    /// <param name="now">Now.</param>
    public static DiditReply Classify(
        HttpStatusCode status, HttpResponseHeaders headers, byte[]? body, string workflowId, JsonElement sent, DateTimeOffset now)
    {
        var json = body is null ? null : LenientJson.TryParse(body);
        var reply = (int)status is >= 200 and < 300
            ? Made(status, body, json, workflowId, now)
            : Failed(status, headers, body, json, sent, now);
        return reply with { Status = (int)status };
    }

    /// <summary>Sorts a reply that is neither a session nor what a read asked for.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="headers">For <c>Retry-After</c>.</param>
    /// <param name="body">The body, or <see langword="null"/> if it was larger than allowed.</param>
    /// <param name="now">Now.</param>
    public static DiditReply ClassifyRead(HttpStatusCode status, HttpResponseHeaders headers, byte[]? body, DateTimeOffset now) =>
        (int)status is >= 200 and < 300
            ? new(ReplyKind.Strange, "the reply cannot be read") { Status = (int)status }
            : Failed(status, headers, body, body is null ? null : LenientJson.TryParse(body), sent: default, now) with
            {
                Status = (int)status,
            };

    private static DiditReply Made(HttpStatusCode status, byte[]? body, JsonElement? json, string workflowId, DateTimeOffset now) =>
        ReadSession(json, workflowId, now) is { } session ? new(ReplyKind.Answered, $"{(int)status}") { Session = session }
        : new(
            ReplyKind.Ambiguous,
            body is null ? $"{(int)status} with a body that is too large" : $"{(int)status} with a body that names no session");

    private static DiditReply Failed(
        HttpStatusCode status, HttpResponseHeaders headers, byte[]? body, JsonElement? json, JsonElement sent, DateTimeOffset now)
    {
        var code = (int)status;
        var isDidits = json is { ValueKind: JsonValueKind.Object or JsonValueKind.Array };
        var words = isDidits || body is null ? RefusalText.Read(body, sent) : "";
        var signs = RefusalReader.Read(words);
        return code switch
        {
            >= 300 and < 400 => new(
                ReplyKind.Redirected, $"{code}: Didit redirects; check Didit:BaseAddress and the path's trailing slash"),
            408 or >= 500 => new(ReplyKind.Ambiguous, $"{code}"),
            409 => new(ReplyKind.Conflict, "409"),
            429 => new(ReplyKind.Throttled, "429") { RetryAfter = RetryAfter(headers.RetryAfter, now) },
            402 => new(ReplyKind.CreditsMissing, "402: the Didit account has no credits"),
            _ when signs.HasFlag(RefusalSigns.BillingSuspended) => new(
                ReplyKind.BillingSuspended, $"{code}: billing of the Didit contract is suspended"),
            _ when signs.HasFlag(RefusalSigns.ApplicationDeleted) => new(
                ReplyKind.ApplicationDeleted, $"{code}: the application of the API key is deleted"),
            _ when signs.HasFlag(RefusalSigns.NoCredits) => new(ReplyKind.CreditsMissing, $"{code}: the Didit account has no credits"),
            401 => new(ReplyKind.KeyRefused, "401: Didit refuses the API key"),
            403 => new(ReplyKind.Forbidden, isDidits
                ? "403: Didit refuses the API key or its rights"
                : "403 with a page that is not Didit's: something in front of it refuses the request"),
            400 or 404 or 422 when signs.HasFlag(RefusalSigns.Workflow) => new(ReplyKind.WorkflowUnknown, $"{code}: {words}"),
            400 or 422 when isDidits || body is null => new(ReplyKind.Refused, $"Didit refused the request with {code}: {words}"),
            _ => new(
                ReplyKind.Strange, isDidits ? $"{code}, which Didit does not document for it" : $"{code} with a body that is not Didit's"),
        };
    }

    /// <summary>
    /// <c>Retry-After</c> in seconds or as a date (RFC 9110, section 10.2.3), from 0 to <see cref="MaxRetryAfter"/>; 1 second where it
    /// is missing.
    /// </summary>
    public static TimeSpan RetryAfter(RetryConditionHeaderValue? header, DateTimeOffset now)
    {
        var wait = header?.Delta ?? (header?.Date - now) ?? TimeSpan.FromSeconds(1);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > MaxRetryAfter ? MaxRetryAfter : wait;
    }

    private static DiditSession? ReadSession(JsonElement? json, string workflowId, DateTimeOffset now)
    {
        if (json is not { ValueKind: JsonValueKind.Object } root)
        {
            return null;
        }

        var id = root.Text("session_id") ?? root.Text("uuid");
        var url = root.Text("url") ?? root.Text("session_url") ?? root.Text("verification_url");
        return id is null || url is null
            ? null
            : new()
            {
                Id = id,
                Number = root.Number("session_number"),
                Url = url,
                Status = root.Text("status") ?? "Not Started",
                WorkflowId = root.Text("workflow_id") ?? workflowId,
                CreatedAt = now,
            };
    }
}
