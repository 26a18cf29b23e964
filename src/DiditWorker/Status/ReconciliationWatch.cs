using System.Diagnostics.Metrics;
using System.Text.Json;
using DiditWorker.Observability;
using DiditWorker.Redis;
using DiditWorker.Verification;

namespace DiditWorker.Status;

/// <summary>
/// Shows what the last <c>diditworker reconcile</c> found, which stands in Redis. All replicas show the same; as long as there was none,
/// there are no series.
/// </summary>
public sealed class ReconciliationWatch : BackgroundService
{
    private readonly Reconciliations _results;
    private readonly StartVerificationOptions _options;
    private readonly TimeProvider _time;
    private ReconciliationResult? _latest;

    /// <param name="results">Where it stands.</param>
    /// <param name="options">How often it is asked for.</param>
    /// <param name="meters">Owns the meter.</param>
    /// <param name="time">The clock.</param>
    public ReconciliationWatch(Reconciliations results, StartVerificationOptions options, IMeterFactory meters, TimeProvider time)
    {
        (_results, _options, _time) = (results, options, time);
        var meter = meters.Create(WorkerMetrics.MeterName);
        meter.CreateObservableGauge("diditworker.reconcile.sessions", Counts, "{session}",
            "Sessions in which Didit's list and the records differ, as the last diditworker reconcile found.");
        meter.CreateObservableGauge("diditworker.reconcile.age", Ages, "s", "Time since the last diditworker reconcile ended.");
    }

    /// <summary>The last one that is known; null if none is.</summary>
    public ReconciliationResult? Latest => Volatile.Read(ref _latest);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                Volatile.Write(ref _latest, await _results.ReadLastAsync());
            }
            catch (Exception exception) when (RedisConnection.IsUnavailable(exception) || exception is JsonException)
            {
                // As last known: it says when it was.
            }

            await Task.Delay(_options.QueueWatchInterval, _time, stoppingToken);
        }
    }

    private IEnumerable<Measurement<long>> Counts()
    {
        if (Latest is not { } result)
        {
            return [];
        }

        (string Kind, long Count)[] counts =
        [
            ("second_session", result.SecondSessions), ("orphan", result.Orphans), ("missing", result.Missing),
            ("without_key", result.WithoutKey), ("near_end", result.NearEnd),
        ];
        return counts.Select(one => new Measurement<long>(one.Count, new KeyValuePair<string, object?>("kind", one.Kind)));
    }

    private IEnumerable<Measurement<double>> Ages() =>
        Latest is { } result ? [new Measurement<double>((_time.GetUtcNow() - result.At).TotalSeconds)] : [];
}
