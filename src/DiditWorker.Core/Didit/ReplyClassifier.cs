using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using DiditWorker.Protocol;

namespace DiditWorker.Didit;

/// <summary>Sorts Didit's answer to a create. Pure, and tolerant: what Didit sends is input like any other.</summary>
public static class ReplyClassifier
{
    /// <summary>Longest wait that <c>Retry-After</c> may ask for; more is cut off, since a reply must not be able to stop the worker.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(2);

    /// <summary>Sorts a reply.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="headers">For <c>Retry-After</c>.</param>
    /// <param name="body">The body, or <see langword="null"/> if it was larger than allowed.</param>
    /// <param name="workflowId">What was asked for, where the reply does not say.</param>
    /// <param name="sent">The request's strings, to be masked in Didit's words.</param>
    /// <param name="now">Now.</param>
    public static DiditReply Classify(
        HttpStatusCode status, HttpResponseHeaders headers, byte[]? body, string workflowId, JsonElement sent, DateTimeOffset now)
    {
        var code = (int)status;
        return code switch
        {
            >= 200 and < 300 => ReadSession(body, workflowId, now) is { } session
                ? new(ReplyKind.Created, $"{code}") { Session = session }
                : new(ReplyKind.Ambiguous, body is null ? $"{code} with a body that is too large" : $"{code} with a body that names no session"),
            >= 300 and < 400 => new(ReplyKind.Stopped, $"{code}: Didit redirects; check Didit:BaseAddress and the path's trailing slash")
            {
                PauseReason = PauseReasons.Redirected,
            },
            401 or 403 => new(ReplyKind.Stopped, $"{code}: Didit refuses the API key, or the account has no credits"),
            402 => new(ReplyKind.Stopped, "402: the Didit account has no credits") { PauseReason = PauseReasons.CreditsMissing },
            408 => new(ReplyKind.Ambiguous, "408"),
            409 => new(ReplyKind.Conflict, "409"),
            429 => new(ReplyKind.Throttled, "429") { RetryAfter = RetryAfter(headers.RetryAfter, now) },
            >= 400 and < 500 => new(ReplyKind.Refused, $"Didit refused the request with {code}: {RefusalText.Read(body, sent)}"),
            _ => new(ReplyKind.Ambiguous, $"{code}"),
        };
    }

    /// <summary><c>Retry-After</c> in seconds or as a date (RFC 9110, section 10.2.3), from 0 to <see cref="LongestRetryAfter"/>; 1 second where it is missing.</summary>
    public static TimeSpan RetryAfter(RetryConditionHeaderValue? header, DateTimeOffset now)
    {
        var wait = header?.Delta ?? (header?.Date - now) ?? TimeSpan.FromSeconds(1);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestRetryAfter ? LongestRetryAfter : wait;
    }

    private static DiditSession? ReadSession(byte[]? body, string workflowId, DateTimeOffset now)
    {
        if (body is null || LenientJson.TryParse(body) is not { ValueKind: JsonValueKind.Object } root)
        {
            return null;
        }

        var id = root.Text("session_id") ?? root.Text("uuid");
        var url = root.Text("url") ?? root.Text("session_url");
        return id is null || url is null
            ? null
            : new(id, root.Number("session_number"), url, root.Text("status") ?? "Not Started", root.Text("workflow_id") ?? workflowId, now);
    }
}
