using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DiditWorker.Simulator.Didit;

/// <summary>An answer ready to be written.</summary>
internal sealed record Reply(int Status, ReadOnlyMemory<byte> Body, string ContentType = Reply.JsonType)
{
    public const string JsonType = "application/json";

    private static readonly JsonSerializerOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly byte[] Spaces = Encoding.ASCII.GetBytes(new string(' ', 64 * 1024));

    /// <summary>Later ones replace earlier ones of the same name.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Spaces before the body: JSON allows them, and none of it is of use to a reader that stops early.</summary>
    public int Padding { get; init; }

    /// <summary>The session it tells of, for the log.</summary>
    public string? SessionId { get; init; }

    /// <summary>Whether that session is new.</summary>
    public bool Made { get; init; }

    public static Reply Json(int status, JsonNode body) => new(status, JsonSerializer.SerializeToUtf8Bytes(body, Written));

    public static Reply Detail(int status, string detail) => Json(status, new JsonObject { ["detail"] = detail });

    public static Reply FieldError(string field, string message) => Json(400, new JsonObject { [field] = new JsonArray(message) });

    public static Reply Text(int status, string body, string contentType) => new(status, Encoding.UTF8.GetBytes(body), contentType);

    public Reply With(IEnumerable<KeyValuePair<string, string>> headers) => this with { Headers = [.. Headers, .. headers] };

    public async Task WriteAsync(HttpContext http)
    {
        var response = http.Response;
        response.StatusCode = Status;
        foreach (var (name, value) in Headers)
        {
            response.Headers[name] = value;
        }

        // Kestrel refuses a body, and a length, with these.
        if (Status is (int)HttpStatusCode.NoContent or (int)HttpStatusCode.ResetContent or (int)HttpStatusCode.NotModified)
        {
            return;
        }

        response.ContentType = ContentType;
        response.ContentLength = Padding + Body.Length;
        for (var left = Padding; left > 0; left -= Spaces.Length)
        {
            await response.Body.WriteAsync(Spaces.AsMemory(0, Math.Min(left, Spaces.Length)), http.RequestAborted);
        }

        await response.Body.WriteAsync(Body, http.RequestAborted);
        await response.CompleteAsync();
    }
}
