using System.Diagnostics.Metrics;

namespace DiditWorker.Observability;

/// <summary>The worker's own instruments, meter <c>DiditWorker</c>. Labels are bounded: no id, key, vendorData or URL.</summary>
public sealed class WorkerMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "DiditWorker";

    /// <summary>Didit lists several sessions that carry one key.</summary>
    public const string DuplicateFoundByLookUp = "lookup";

    /// <summary>A create was answered with another session than the record has.</summary>
    public const string DuplicateFoundByRecord = "record";

    // Prometheus' default buckets are made for milliseconds; these are seconds.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    };

    // From a person who waits to a batch that waits for hours.
    private static readonly InstrumentAdvice<double> Waits = new()
    {
        HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 10_800, 36_000],
    };

    private readonly Counter<long> _deliveries;
    private readonly Counter<long> _expired;
    private readonly Counter<long> _duplicateSessions;
    private readonly Counter<long> _diditRequests;
    private readonly Counter<long> _claims;
    private readonly Histogram<double> _deliveryDuration;
    private readonly Histogram<double> _requestDuration;
    private readonly Histogram<double> _diditDuration;
    private readonly Histogram<double> _rateLimitWait;
    private readonly Histogram<double> _redisDuration;
    private readonly Meter _meter;

    /// <param name="meters">Owns the meter.</param>
    public WorkerMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _deliveries = _meter.CreateCounter<long>("diditworker.deliveries", "{delivery}", "Deliveries, by how each ended.");
        _duplicateSessions = _meter.CreateCounter<long>(
            "diditworker.duplicate.sessions", "{session}", "Second sessions of one key that were seen; must stay 0.");
        _diditRequests = _meter.CreateCounter<long>("diditworker.didit.requests", "{request}", "Requests sent to Didit.");
        _claims = _meter.CreateCounter<long>("diditworker.idempotency.claims", "{claim}", "Claims of a key, by what Redis said.");
        _deliveryDuration = Histogram("diditworker.delivery.duration", "From taking a delivery to its end.");
        _requestDuration = _meter.CreateHistogram(
            "diditworker.request.duration", "s", "From the publication of a request to the answer with its session.", tags: null, Waits);
        _expired = _meter.CreateCounter<long>(
            "diditworker.requests.expired", "{request}", "Requests answered with Expired: their deadline was over.");
        _diditDuration = Histogram("diditworker.didit.duration", "One request to Didit.");
        _rateLimitWait = Histogram("diditworker.ratelimit.wait", "Waiting for the shared rate limit.");
        _redisDuration = Histogram("diditworker.redis.duration", "One round trip to Redis.");
    }

    /// <summary>
    /// Makes the series of what should be counted from its first event on: a counter that appears with the value 1 shows no increase.
    /// </summary>
    public void Begin()
    {
        foreach (var outcome in DeliveryOutcomes.All)
        {
            _deliveries.Add(0, new KeyValuePair<string, object?>("outcome", outcome));
        }

        _expired.Add(0, Urgency(urgent: true));
        _expired.Add(0, Urgency(urgent: false));
        _duplicateSessions.Add(0, new KeyValuePair<string, object?>("found_by", DuplicateFoundByLookUp));
        _duplicateSessions.Add(0, new KeyValuePair<string, object?>("found_by", DuplicateFoundByRecord));
    }

    /// <summary>A key turned out to have a session too many.</summary>
    /// <param name="foundBy"><see cref="DuplicateFoundByLookUp"/> or <see cref="DuplicateFoundByRecord"/>.</param>
    public void DuplicateSession(string foundBy) => _duplicateSessions.Add(1, new KeyValuePair<string, object?>("found_by", foundBy));

    /// <summary>A delivery ended.</summary>
    /// <param name="outcome">One of <see cref="DeliveryOutcomes"/>.</param>
    /// <param name="duration">Since it was taken.</param>
    public void Delivered(string outcome, TimeSpan duration)
    {
        _deliveries.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        _deliveryDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
    }

    /// <summary>A request has its session: made or found now, and not by an operator's replay.</summary>
    /// <param name="urgent">Whether it was urgent.</param>
    /// <param name="duration">Since it was published.</param>
    public void Answered(bool urgent, TimeSpan duration) => _requestDuration.Record(duration.TotalSeconds, Urgency(urgent));

    /// <summary>The deadline of a request was over.</summary>
    /// <param name="urgent">Whether it was urgent.</param>
    public void Expired(bool urgent) => _expired.Add(1, Urgency(urgent));

    /// <summary>Didit was asked.</summary>
    /// <param name="operation">create, list or decision.</param>
    /// <param name="status">HTTP status, or timeout or error.</param>
    /// <param name="duration">Of this one request.</param>
    public void DiditAnswered(string operation, string status, TimeSpan duration)
    {
        _diditRequests.Add(1, new("operation", operation), new("status", status));
        _diditDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("operation", operation));
    }

    /// <summary>A key was claimed, or not.</summary>
    public void Claimed(string result) => _claims.Add(1, new KeyValuePair<string, object?>("result", result));

    /// <summary>The rate limit let a request go.</summary>
    public void WaitedForRateLimit(TimeSpan duration) => _rateLimitWait.Record(duration.TotalSeconds);

    /// <summary>Redis was asked.</summary>
    public void RedisTook(TimeSpan duration) => _redisDuration.Record(duration.TotalSeconds);

    /// <summary>Lets the number of deliveries be read that are worked on or held.</summary>
    public void ObserveActive(Func<long> active) => _meter.CreateObservableUpDownCounter(
        "diditworker.deliveries.active", active, "{delivery}", "Deliveries that are worked on or held now.");

    /// <summary>Lets it be read how many of them there are by urgency, and for how long the first one waits.</summary>
    public void ObserveWaiting(Func<bool, (int Count, TimeSpan Longest)> waiting)
    {
        _meter.CreateObservableGauge(
            "diditworker.deliveries.waiting", () => ByUrgency(urgent => waiting(urgent).Count), "{delivery}",
            "Deliveries that are worked on or held now, by urgency.");
        _meter.CreateObservableGauge(
            "diditworker.deliveries.waiting.longest", () => ByUrgency(urgent => waiting(urgent).Longest.TotalSeconds), "s",
            "Since the publication of the one that waits longest of them; 0 where there is none.");
    }

    /// <summary>Lets the rates in force be read.</summary>
    public void ObserveLimits(Func<int> createsPerMinute, int readsPerMinute) => _meter.CreateObservableGauge(
        "diditworker.ratelimit.limit",
        () => new Measurement<int>[]
        { new(createsPerMinute(), [new("operation", "create")]), new(readsPerMinute, [new("operation", "read")]) },
        "{request}",
        "Requests to Didit allowed per minute, all replicas together.");

    /// <summary>Lets the budget of creates be read.</summary>
    public void ObserveBudget(int perDay, Func<long> used)
    {
        _meter.CreateObservableGauge(
            "diditworker.didit.creates.budget", () => perDay, "{request}", "Creates allowed per UTC day, all replicas together.");
        _meter.CreateObservableGauge(
            "diditworker.didit.creates.today", used, "{request}", "Creates of this UTC day that count, all replicas together.");
    }

    /// <summary>Lets it be read whether this replica keeps a rate by itself.</summary>
    public void ObserveLocalRate(Func<bool> creates, Func<bool> reads) => _meter.CreateObservableGauge(
        "diditworker.ratelimit.local",
        () => new Measurement<int>[]
        {
            new(creates() ? 1 : 0, [new("operation", "create")]),
            new(reads() ? 1 : 0, [new("operation", "read")]),
        },
        unit: null,
        "1 while Redis cannot share the rate, and this replica keeps to its share by itself.");

    /// <summary>Lets the circuit breaker's state be read: 0 closed, 1 half-open, 2 open, 3 isolated.</summary>
    public void ObserveCircuit(Func<int> state) =>
        _meter.CreateObservableGauge("diditworker.circuit.state", state, unit: null, "Circuit to Didit: 0 closed, 1 half-open, 2 open.");

    /// <summary>Lets the pauses be read.</summary>
    /// <param name="creates">The reason of that of creates, or null.</param>
    /// <param name="reads">The reason of that of reads, or null.</param>
    /// <param name="reasons">All there are, so that a series goes back to 0.</param>
    public void ObservePause(Func<string?> creates, Func<string?> reads, IReadOnlyList<string> reasons) =>
        _meter.CreateObservableGauge(
            "diditworker.consumer.paused",
            () => Paused("create", creates(), reasons).Concat(Paused("read", reads(), reasons)),
            unit: null,
            "1 while requests of this operation to Didit pause for this reason, and messages that need one are held.");

    private static IEnumerable<Measurement<int>> Paused(string operation, string? now, IReadOnlyList<string> reasons) =>
        reasons.Select(reason => new Measurement<int>(now == reason ? 1 : 0, new("operation", operation), new("reason", reason)));

    private static IEnumerable<Measurement<T>> ByUrgency<T>(Func<bool, T> value)
        where T : struct =>
        [new(value(true), Urgency(urgent: true)), new(value(false), Urgency(urgent: false))];

    private static KeyValuePair<string, object?> Urgency(bool urgent) => new("urgency", urgent ? "urgent" : "normal");

    private Histogram<double> Histogram(string name, string description) =>
        _meter.CreateHistogram(name, "s", description, tags: null, Seconds);
}
