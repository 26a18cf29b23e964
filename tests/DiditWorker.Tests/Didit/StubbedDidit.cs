using System.Net;
using DiditWorker.Didit;
using DiditWorker.Redis;

namespace DiditWorker.Tests.Didit;

/// <summary>Didit's side of the wire without a wire, and the client that talks to it. Redis is away, so the rate is kept by this process.</summary>
internal sealed class StubbedDidit : IAsyncDisposable
{
    public static readonly TimeSpan LookupDelay = TimeSpan.FromSeconds(2);

    private readonly RedisConnection _redis = new("127.0.0.1:1,connectTimeout=100,connectRetry=0");
    private readonly CancellationTokenSource _stopping = new();
    private readonly Answering _answering;
    private readonly HttpClient _http;
    private readonly SharedRateLimiter _limiter;

    public StubbedDidit(Func<HttpRequestMessage, HttpResponseMessage> answer, TimeProvider? clock = null, SessionKinds kind = SessionKinds.Any)
    {
        var time = clock ?? TimeProvider.System;
        var options = new DiditOptions { ApiKey = "k", LookupDelay = LookupDelay, SessionKind = kind };
        var metrics = NoMetrics.Create();
        _answering = new(answer);
        _http = new(_answering);
        Client = new(_http, options, Versions, metrics, new(time), time);
        Business = new(time);
        List = new(Client, options, Business);
        _limiter = new(_redis, "ratelimit", 10_000_000, metrics, time, _stopping.Token);
        Availability = new(time, metrics);
        Pipeline = new(options, _limiter, _limiter, Availability, metrics, time);
        LookUp = new(Client, List, Versions, Pipeline);
        Creator = new(Client, Pipeline, LookUp, Availability, options, metrics, time);
    }

    public WorkflowVersions Versions { get; } = new();

    public DiditClient Client { get; }

    public BusinessList Business { get; }

    public SessionList List { get; }

    public LookUp LookUp { get; }

    public Availability Availability { get; }

    public DiditPipeline Pipeline { get; }

    public SessionCreator Creator { get; }

    public int Requests => _answering.Requests;

    public static HttpResponseMessage Reply(int status, byte[] body) => new((HttpStatusCode)status) { Content = new ByteArrayContent(body) };

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _limiter.Dispose();
        _http.Dispose();
        _stopping.Dispose();
        await _redis.DisposeAsync();
    }

    private sealed class Answering(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return Task.FromResult(answer(request));
        }
    }
}
