using System.Net;
using System.Text;
using System.Text.Json;
using DiditWorker.Didit;
using DiditWorker.Protocol;

namespace DiditWorker.Tests.Didit;

/// <summary>Didit's reply to a create as text, and what it is taken for.</summary>
public static class Classifying
{
    public const string Workflow = "11111111-2222-3333-4444-555555555555";

    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static DiditReply Classify(int status, string? body = "", string? retryAfter = null, string sent = "{}") =>
        Classify(status, body is null ? null : Encoding.UTF8.GetBytes(body), retryAfter, sent);

    public static DiditReply Classify(int status, byte[]? body, string? retryAfter = null, string sent = "{}")
    {
        using var response = new HttpResponseMessage();
        if (retryAfter is not null)
        {
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        }

        return ReplyClassifier.Classify((HttpStatusCode)status, response.Headers, body, Workflow, JsonElement.Parse(sent), Now);
    }
}
