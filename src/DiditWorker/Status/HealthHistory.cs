using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DiditWorker.Observability;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DiditWorker.Status;

/// <summary>
/// Remembers since when each part is as it is, and logs each change, of the status or of its cause, once. The checks run every few seconds,
/// asked for or not.
/// </summary>
public sealed partial class HealthHistory : IHealthCheckPublisher
{
    /// <summary>In the data of a check: what to do.</summary>
    public const string Action = "action";

    /// <summary>In the data of a check: since when, where it knows that itself.</summary>
    public const string Since = "since";

    private const string Healthy = nameof(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy);

    // A connection takes a moment: before that, a part that has not been healthy yet is only starting.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, PartStatus> _parts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _starting = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly ILogger<HealthHistory> _logger;

    /// <param name="time">The clock.</param>
    /// <param name="meters">Shows each part.</param>
    /// <param name="logger">Told of changes.</param>
    public HealthHistory(TimeProvider time, IMeterFactory meters, ILogger<HealthHistory> logger)
    {
        (_time, _logger, _started) = (time, logger, time.GetTimestamp());
        meters.Create(WorkerMetrics.MeterName).CreateObservableGauge(
            "diditworker.health.status",
            () => _parts.Select(part => new Measurement<int>(Level(part.Value), new KeyValuePair<string, object?>("part", part.Key))),
            unit: null,
            "What /health/ready says: 2 healthy, 1 degraded, 0 unhealthy.");
    }

    /// <summary>The latest; before the first check, nothing is known and no part is there.</summary>
    public HealthStatus Latest => new(Worst(_parts.Values), new SortedDictionary<string, PartStatus>(_parts, StringComparer.Ordinal));

    /// <inheritdoc />
    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        Note(report);
        return Task.CompletedTask;
    }

    /// <summary>Notes a report.</summary>
    /// <returns>It, with the times.</returns>
    public HealthStatus Note(HealthReport report)
    {
        // Whoever asks for /health/ready may come at the same time as the next look.
        lock (_lock)
        {
            foreach (var (check, entry) in report.Entries)
            {
                _parts.TryGetValue(check, out var before);
                var part = _parts[check] = Part(entry, before);
                if (IsNews(check, part, before))
                {
                    Log.Changed(
                        _logger, part.Status == Healthy ? LogLevel.Information : LogLevel.Warning, check, part.Status, part.Description);
                }
            }
        }

        return Latest;
    }

    // A part that is well from the first look on is not news; one that has come up is.
    private bool IsNews(string check, PartStatus part, PartStatus? before)
    {
        if (part.Status != Healthy && (before is null || _starting.Contains(check)))
        {
            var isLate = _time.GetElapsedTime(_started) >= Grace;
            _ = isLate ? _starting.Remove(check) : _starting.Add(check);
            return isLate;
        }

        _starting.Remove(check);

        // What to do changes with the cause; the words may hold a time or a number.
        return before is not null && (part.Status != before.Status || part.Action != before.Action);
    }

    private PartStatus Part(HealthReportEntry entry, PartStatus? before)
    {
        var status = entry.Status.ToString();
        var seen = before?.Status == status ? before.Since : _time.GetUtcNow();
        return new(status, entry.Data.TryGetValue(Since, out var since) ? (DateTimeOffset)since : seen, entry.Description,
            entry.Data.GetValueOrDefault(Action) as string);
    }

    private static int Level(PartStatus part) => part.Status switch { Healthy => 2, "Degraded" => 1, _ => 0 };

    private static string Worst(ICollection<PartStatus> parts) =>
        parts.Count == 0 ? "Unknown" : parts.MinBy(Level)!.Status;

    private static partial class Log
    {
        [LoggerMessage(EventId = 4, Message = "{Part} is {Status}: {Description}")]
        public static partial void Changed(ILogger logger, LogLevel level, string part, string status, string? description);
    }
}
