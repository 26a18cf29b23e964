using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using DiditWorker.Observability;
using DiditWorker.Protocol;

namespace DiditWorker.Didit;

/// <summary>
/// Didit's API over HTTP: one method, one request. Retries, limits and decisions live elsewhere. Redirects are refused by the handler,
/// and the client's own time-out is off: the pipeline alone owns time.
/// </summary>
public sealed class DiditClient(
    HttpClient http, DiditOptions options, WorkflowVersions versions, WorkerMetrics metrics, RecentActivity recent, TimeProvider time)
{
    private const int MaxCreateReply = 64 * 1024;
    private const int MaxReadReply = 4 * 1024 * 1024;
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly Uri _creates = new(options.BaseAddress, options.CreateSessionPath);

    /// <summary>Sends one create.</summary>
    /// <returns>What came of it; failures of the network too. Only cancellation throws.</returns>
    public async Task<DiditReply> CreateAsync(CreateRequest request, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _creates);
        message.Content = new ByteArrayContent(CreateBody.Write(request.Payload, request.WorkflowId, options.Callback, request.Key));
        message.Content.Headers.ContentType = Json;
        message.Headers.Add("Idempotency-Key", request.Key.ToString());
        recent.CreateSent();
        try
        {
            var started = time.GetTimestamp();
            using var response = await SendAsync(message, "create", cancellation);
            var body = await ReadAsync(response.Content, MaxCreateReply, cancellation);
            recent.CreateTook(time.GetElapsedTime(started));
            if (response.IsSuccessStatusCode && body is not null && LenientJson.TryParse(body) is { } session)
            {
                versions.Learn(session.Text("workflow_id") ?? request.WorkflowId, session.Number("workflow_version"));
            }

            return ReplyClassifier.Classify(
                response.StatusCode, response.Headers, body, request.WorkflowId, request.Payload, time.GetUtcNow()) with
            {
                Rate = ToldRate.Read(response.Headers, time.GetUtcNow()),
            };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return NeverConnected(exception)
                ? new(ReplyKind.NotSent, "Didit cannot be reached: " + Describe(exception))
                : new(ReplyKind.Ambiguous, "the connection broke: " + Describe(exception));
        }
    }

    /// <summary>Runs one read within the limits and bounds for reads.</summary>
    public delegate Task<JsonElement?> Reader(Func<CancellationToken, Task<JsonElement?>> read, CancellationToken cancellation);

    /// <summary>One session; null if Didit does not know it (any more).</summary>
    /// <exception cref="ReadFailedException">Didit did not answer, or not with a session.</exception>
    public async Task<JsonElement?> DecisionAsync(string sessionId, Reader reader, CancellationToken cancellation)
    {
        var path = options.DecisionPath.Replace("{id}", Uri.EscapeDataString(sessionId), StringComparison.Ordinal);
        return await reader(token => GetAsync(path, "decision", token), cancellation);
    }

    /// <summary>Deletes a session. One that Didit does not know (any more) is as good as deleted.</summary>
    /// <exception cref="ReadFailedException">Didit did not do it, or did not answer in time.</exception>
    internal async Task DeleteAsync(string sessionId, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Delete, new Uri(options.BaseAddress, options.DeletePath(sessionId)));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(options.AttemptTimeout);
        try
        {
            using var response = await SendAsync(message, "delete", patience.Token);
            if (!response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.NotFound)
            {
                var body = await ReadAsync(response.Content, MaxReadReply, patience.Token);
                throw Failure("delete", response, body);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException
            || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new ReadFailedException($"delete: {Describe(exception)}");
        }
    }

    /// <summary>Reads one JSON object; null: 404 in Didit's JSON.</summary>
    /// <param name="path">With its query.</param>
    /// <param name="operation">What the metrics call it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ReadFailedException">Didit did not answer, or not with an object.</exception>
    internal async Task<JsonElement?> GetAsync(string path, string operation, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(options.BaseAddress, path));
        try
        {
            using var response = await SendAsync(message, operation, cancellation);
            var body = await ReadAsync(response.Content, MaxReadReply, cancellation);
            var json = body is null ? null : LenientJson.TryParse(body);
            if (json is { ValueKind: JsonValueKind.Object } && response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound)
            {
                return response.StatusCode == HttpStatusCode.OK ? json : null;
            }

            throw Failure(operation, response, body);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            var kind = NeverConnected(exception) ? ReplyKind.NotSent : ReplyKind.Ambiguous;
            throw new ReadFailedException(new DiditReply(kind, $"{operation}: {Describe(exception)}"));
        }
    }

    private ReadFailedException Failure(string operation, HttpResponseMessage response, byte[]? body)
    {
        var reply = ReplyClassifier.ClassifyRead(response.StatusCode, response.Headers, body, time.GetUtcNow());
        return new(reply with { Why = $"{operation}: {reply.Why}" });
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, string operation, CancellationToken cancellation)
    {
        message.Headers.Add("x-api-key", options.RevealApiKey());
        var started = Stopwatch.GetTimestamp();
        var status = "error";
        try
        {
            var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
            status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            return response;
        }
        catch (OperationCanceledException)
        {
            status = "timeout";
            throw;
        }
        finally
        {
            metrics.DiditAnswered(operation, status, Stopwatch.GetElapsedTime(started));
        }
    }

    // None: it is larger.
    private static async Task<byte[]?> ReadAsync(HttpContent content, int largest, CancellationToken cancellation)
    {
        try
        {
            await content.LoadIntoBufferAsync(largest, cancellation);
            return await content.ReadAsByteArrayAsync(cancellation);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return null;
        }
    }

    private static bool NeverConnected(Exception exception) => exception is HttpRequestException
    {
        HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
    };

    // Messages of these exceptions may hold the URL, hence vendor_data.
    private static string Describe(Exception exception) =>
        exception is HttpRequestException http ? http.HttpRequestError.ToString() : exception.GetType().Name;
}
