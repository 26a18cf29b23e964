using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DiditWorker.Didit;

namespace DiditWorker.Operations.Probe;

/// <summary>
/// Bare requests to Didit, one method each, without retries: a probe wants to see what comes. It keeps the rate and the stated number of
/// requests, and remembers the sessions that were made.
/// </summary>
/// <param name="http">Follows no redirects and has no time-out of its own.</param>
/// <param name="options">Addresses, key, time-out and rate.</param>
/// <param name="mostRequests">The number that it never exceeds.</param>
/// <param name="time">The clock.</param>
public sealed class ProbeClient(HttpClient http, DiditOptions options, int mostRequests, TimeProvider time)
{
    // Far above any reply of Didit's.
    private const int MaxReply = 1 << 20;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _sessions = new(StringComparer.Ordinal);
    private DateTimeOffset _next = DateTimeOffset.MinValue;
    private int _requests;

    /// <summary>A connection as <paramref name="options"/> asks for; the caller disposes it.</summary>
    public static HttpClient Connection(DiditOptions options) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = options.AttemptTimeout,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),

        // .NET repeats some requests by itself when a pooled connection turns out to be cut; here every request is counted.
        PooledConnectionLifetime = TimeSpan.Zero,
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>How many were sent.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Whether anything was answered at all.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>How many sessions Didit said it deleted.</summary>
    public int Deleted { get; private set; }

    /// <summary>The ids of all sessions that creates were answered with, but for those deleted.</summary>
    public IReadOnlyCollection<string> Sessions
    {
        get
        {
            lock (_lock)
            {
                return [.. _sessions];
            }
        }
    }

    /// <summary>One create.</summary>
    /// <param name="body">As it is to be sent.</param>
    /// <param name="key">The <c>Idempotency-Key</c>; null to leave it out.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="path">Default: the configured one.</param>
    /// <param name="apiKey">Default: the configured one. With another, a refusal does not end the probe.</param>
    /// <exception cref="ProbeStoppedException">402, 401 or 403 with the configured key; or no request is left.</exception>
    public async Task<ProbeReply> CreateAsync(
        JsonObject body, string? key, CancellationToken cancellation, string? path = null, string? apiKey = null)
    {
        await PaceAsync(places: 1, cancellation);
        return await PostAsync(body, key, path, apiKey, cancellation);
    }

    /// <summary>Several creates, sent at the same moment.</summary>
    /// <exception cref="ProbeStoppedException">As above.</exception>
    public async Task<IReadOnlyList<ProbeReply>> CreateTogetherAsync(
        IReadOnlyCollection<(JsonObject Body, string? Key)> creates, CancellationToken cancellation)
    {
        await PaceAsync(creates.Count, cancellation);
        return await Task.WhenAll(creates.Select(create => PostAsync(create.Body, create.Key, path: null, apiKey: null, cancellation)));
    }

    /// <summary>Two creates, the second so long after the first was answered. The rate has places for both beforehand.</summary>
    /// <exception cref="ProbeStoppedException">As above.</exception>
    public async Task<IReadOnlyList<ProbeReply>> CreateTwiceAsync(
        (JsonObject Body, string? Key) first, (JsonObject Body, string? Key) second, TimeSpan between, CancellationToken cancellation)
    {
        await PaceAsync(places: 2, cancellation);
        var reply = await PostAsync(first.Body, first.Key, path: null, apiKey: null, cancellation);
        await Task.Delay(between, time, cancellation);
        return [reply, await PostAsync(second.Body, second.Key, path: null, apiKey: null, cancellation)];
    }

    /// <summary>
    /// The first page of the sessions of a <c>vendor_data</c>. A 403 does not end the probe: the key may be one that only creates.
    /// </summary>
    /// <param name="vendorData">Whose.</param>
    /// <param name="kind">Didit's word for the kind of sessions.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ProbeStoppedException">401 or 402, but for business sessions; or no request is left.</exception>
    public async Task<ProbeReply> ListAsync(string vendorData, string kind, CancellationToken cancellation)
    {
        await PaceAsync(places: 1, cancellation);
        using var message = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(options.BaseAddress,
            $"{options.ListSessionsPath}?vendor_data={Uri.EscapeDataString(vendorData)}&session_kind={kind}&limit=100"));
        return StopUnless(kind == SessionList.Businesses, await SendAsync(message, options.RevealApiKey(), cancellation));
    }

    /// <summary>One session. A 403 does not end the probe.</summary>
    /// <exception cref="ProbeStoppedException">401 or 402; or no request is left.</exception>
    public async Task<ProbeReply> DecisionAsync(string sessionId, CancellationToken cancellation)
    {
        await PaceAsync(places: 1, cancellation);
        using var message = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(options.BaseAddress, options.DecisionPath.Replace("{id}", Uri.EscapeDataString(sessionId), StringComparison.Ordinal)));
        return StopUnless(allowed: false, await SendAsync(message, options.RevealApiKey(), cancellation));
    }

    /// <summary>Deletes a session that was made.</summary>
    /// <exception cref="ProbeStoppedException">As above.</exception>
    public async Task<ProbeReply> DeleteAsync(string sessionId, CancellationToken cancellation)
    {
        await PaceAsync(places: 1, cancellation);

        using var message = new HttpRequestMessage(HttpMethod.Delete, new Uri(options.BaseAddress, options.DeletePath(sessionId)));
        var reply = await SendAsync(message, apiKey: null, cancellation);
        if (reply.Status is 204 or 404)
        {
            lock (_lock)
            {
                _sessions.Remove(sessionId);
                Deleted += reply.Status == 204 ? 1 : 0;
            }
        }

        return reply;
    }

    private async Task<ProbeReply> PostAsync(JsonObject body, string? key, string? path, string? apiKey, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(options.BaseAddress, path ?? options.CreateSessionPath));
        message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (key is not null)
        {
            message.Headers.Add("Idempotency-Key", key);
        }

        var reply = await SendAsync(message, apiKey, cancellation);
        if (reply is { IsSession: true, SessionId: { } id })
        {
            lock (_lock)
            {
                _sessions.Add(id);
            }
        }

        return reply;
    }

    private async Task<ProbeReply> SendAsync(HttpRequestMessage message, string? apiKey, CancellationToken cancellation)
    {
        message.Headers.Add("x-api-key", apiKey ?? options.RevealApiKey());
        using var late = new CancellationTokenSource(options.AttemptTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        var sent = time.GetUtcNow();
        try
        {
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            IsAnswered = true;
            var body = await ReadAsync(response.Content, either.Token);
            var headers = response.Headers.Concat(response.Content.Headers)
                .ToDictionary(header => header.Key.ToLowerInvariant(), header => string.Join(", ", header.Value), StringComparer.Ordinal);
            var reply = new ProbeReply((int)response.StatusCode, headers, body, sent, time.GetUtcNow());
            return apiKey is null && Stop(reply.Status) is { } why ? throw new ProbeStoppedException(why) : reply;
        }
        catch (Exception exception)
            when (exception is HttpRequestException or IOException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return new(0, new Dictionary<string, string>(StringComparer.Ordinal), Body: null, sent, time.GetUtcNow());
        }
    }

    private static async Task<JsonElement?> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        try
        {
            await content.LoadIntoBufferAsync(MaxReply, cancellation);
            return LenientJson.TryParse(await content.ReadAsByteArrayAsync(cancellation));
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return null;
        }
    }

    // Places on a time line; those that leave together wait for the last of theirs.
    private async Task PaceAsync(int places, CancellationToken cancellation)
    {
        TimeSpan wait;
        lock (_lock)
        {
            if (_requests + places > mostRequests)
            {
                throw new ProbeStoppedException(
                    string.Create(CultureInfo.InvariantCulture, $"the {mostRequests} requests that were agreed on are used up"));
            }

            _requests += places;
            var now = time.GetUtcNow();
            var interval = TimeSpan.FromMinutes(1) / options.RequestsPerMinute;
            _next = (_next > now ? _next : now) + (interval * (places - 1));
            wait = _next - now;
            _next += interval;
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancellation);
        }
    }

    private static ProbeReply StopUnless(bool allowed, ProbeReply read) =>
        read.Status is 401 or 402 && !allowed ? throw new ProbeStoppedException(Stop(read.Status)!) : read;

    /// <summary>Why a reply to the configured key ends a probe; null if it does not.</summary>
    internal static string? Stop(int status) => status switch
    {
        402 => "402: Didit wants money for it",
        401 or 403 => $"{status}: Didit refuses the API key",
        _ => null,
    };
}
