using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DiditWorker.Status;

/// <summary>What a person wants to know at a glance: a page, and what it shows as JSON. It can only be read.</summary>
public static class StatusPage
{
    // Beside the headers that every response has.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>
    /// Adds <c>GET /</c>, <c>/status.js</c>, <c>/status.css</c> and <c>/status.json</c>; nothing under <see cref="StatusAccessRule.Off"/>.
    /// </summary>
    /// <param name="app">The worker.</param>
    /// <param name="options">Who may look.</param>
    /// <param name="read">Asked for each <c>/status.json</c>, at most every 2 seconds by each open page.</param>
    public static void MapStatusPage(this WebApplication app, StatusOptions options, Func<StatusSnapshot> read)
    {
        if (options.Access == StatusAccessRule.Off)
        {
            return;
        }

        var access = new StatusAccess(options);
        Map("/", "text/html; charset=utf-8", Constant(Resource("index.html")));
        Map("/status.js", "text/javascript; charset=utf-8", Constant(Resource("status.js")));
        Map("/status.css", "text/css; charset=utf-8", Constant(Resource("status.css")));
        Map("/status.json", MediaTypeNames.Application.Json, () =>
            JsonSerializer.SerializeToUtf8Bytes(read(), StatusJson.Default.StatusSnapshot));

        void Map(string path, string type, Func<byte[]> content) =>
            app.Map(path, (RequestDelegate)(http => AnswerAsync(http, access, type, content)));
    }

    private static async Task AnswerAsync(HttpContext http, StatusAccess access, string type, Func<byte[]> content)
    {
        http.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        if (!await access.AllowsAsync(http))
        {
            return;
        }

        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = "GET, HEAD";
            return;
        }

        var body = content();
        http.Response.ContentType = type;
        http.Response.ContentLength = body.Length;
        await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
    }

    private static Func<byte[]> Constant(byte[] content) => () => content;

    private static byte[] Resource(string name)
    {
        using var stream = typeof(StatusPage).Assembly.GetManifestResourceStream("status/" + name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}

/// <summary>How <c>/status.json</c> is written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(StatusSnapshot))]
internal sealed partial class StatusJson : JsonSerializerContext;
