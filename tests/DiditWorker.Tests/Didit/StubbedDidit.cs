using System.Net;
using System.Text.Json;
using DiditWorker.Didit;
using DiditWorker.Observability;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using DiditWorker.Verification;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiditWorker.Tests.Didit;

/// <summary>
/// Didit's side of the wire without a wire, and what talks to it. Redis is away: the rate is kept by this process, and deliveries go on
/// without records (<see cref="WhenRedisUnavailable.Proceed"/>).
/// </summary>
internal sealed class StubbedDidit : IAsyncDisposable
{
    public static readonly TimeSpan LookupDelay = TimeSpan.FromSeconds(2);

    private readonly RedisConnection _redis = new("127.0.0.1:1,connectTimeout=100,connectRetry=0");
    private readonly CancellationTokenSource _stopping = new();
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly DiditOptions _options;
    private readonly Answering _answering;
    private readonly HttpClient _http;
    private readonly RedisRateLimiter _limiter;
    private readonly TimeProvider _time;
    private readonly RecordSteps _records;
    private readonly WorkerMetrics _metrics;

    public StubbedDidit(
        Func<HttpRequestMessage, HttpResponseMessage> answer, TimeProvider? clock = null, WorkerMetrics? metrics = null,
        SessionKinds kind = SessionKinds.Any, int? createsPerDay = null)
        : this((request, _) => Task.FromResult(answer(request)), clock, metrics, kind, createsPerDay)
    {
    }

    public StubbedDidit(
        Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer, TimeProvider? clock = null,
        WorkerMetrics? metrics = null,
        SessionKinds kind = SessionKinds.Any, int? createsPerDay = null)
    {
        _options = new() { ApiKey = "k", LookupDelay = LookupDelay, WorkflowId = Classifying.Workflow, SessionKind = kind };
        (_time, _metrics, _answering) = (clock ?? TimeProvider.System, metrics ?? NoMetrics.Create(), new(answer));
        _http = new(_answering);
        Client = new(_http, _options, Versions, _metrics, new(_time), _time);
        Business = new(_time);
        List = new(Client, _options, Business);
        // By the real clock: what waits for a place must not wait for a test to move time.
        _limiter = new(_redis, "ratelimit", 10_000_000, _metrics, TimeProvider.System, _stopping.Token);
        var creates = new DiditEndpoint(Operation.Create, _options, _time);
        Pipeline = new(_options, creates, new(Operation.Read, _options, _time), _limiter, _limiter, _metrics, _time)
        {
            Budget = createsPerDay is { } perDay
                ? new(new(_redis, "creates", perDay, _time), creates.Gate, _time, NullLogger<CreateBudget>.Instance)
                : null,
        };
        var store = new IdempotencyStore(_redis, new(), _options.IdempotencyWindow, new(key: null), _metrics);
        LookUp = new(Client, List, Versions, new(_redis, store), Pipeline);
        Steps = new(Client, Pipeline, LookUp, _options, _metrics, Retried, _time);
        _records = new(store, new(_time, NullLogger<RedisTrouble>.Instance), new(_time), _time, NullLogger<RecordSteps>.Instance);
    }

    public WorkflowVersions Versions { get; } = new();

    public DiditClient Client { get; }

    public BusinessList Business { get; }

    public SessionList List { get; }

    public LookUp LookUp { get; }

    public DiditPipeline Pipeline { get; }

    public DiditSteps Steps { get; }

    public RetriedMessages Retried { get; } = new();

    public int Requests => _answering.Requests;

    public static HttpResponseMessage Reply(int status, byte[] body) =>
        new((HttpStatusCode)status) { Content = new ByteArrayContent(body) };

    /// <summary>A delivery that holds nothing yet.</summary>
    public Work Work(IdempotencyKey key, bool maybeAttempted = false, DateTimeOffset? deadline = null)
    {
        var request = new VerificationRequest("user-1", Classifying.Workflow, JsonElement.Parse("""{"vendor_data":"user-1"}"""));
        var delivery = new Delivery("order-1", key, _time.GetUtcNow(), maybeAttempted) { Deadline = deadline };
        return Steps.Begin(delivery, request, Hold(), _records.Lease(key, "fingerprint"));
    }

    /// <summary>One look-up, without waiting for Didit's list to catch up.</summary>
    public async Task<DeliveryEvent> LookUpAsync(IdempotencyKey key)
    {
        await using var work = Work(key);
        return await Steps.LookUpAsync(work, new(EffectKind.LookUp), CancellationToken.None);
    }

    /// <summary>A whole delivery.</summary>
    public async Task<Answer> AnswerAsync(IdempotencyKey key, bool maybeAttempted, DateTimeOffset? deadline = null)
    {
        await using var work = Work(key, maybeAttempted, deadline);
        var settings = _options.ProtocolSettings(new() { WhenRedisUnavailable = WhenRedisUnavailable.Proceed });
        var flow = new VerificationFlow(_records, Steps, settings, Hold, _metrics, _time, NullLogger<VerificationFlow>.Instance);
        return await flow.AnswerAsync(work.Delivery, work.Request, CancellationToken.None);
    }

    private Hold Hold() => new(_time, TimeSpan.FromMinutes(10), _lifetime.ApplicationStopping);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _limiter.Dispose();
        _http.Dispose();
        _stopping.Dispose();
        await _redis.DisposeAsync();
    }

    private sealed class Answering(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return answer(request, cancellationToken);
        }
    }
}
