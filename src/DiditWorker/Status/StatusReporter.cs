using System.Reflection;
using DiditWorker.Didit;
using DiditWorker.Observability;
using DiditWorker.Verification;

namespace DiditWorker.Status;

/// <summary>Takes a <see cref="StatusSnapshot"/> from what the worker keeps in memory: asking for it costs nobody else anything.</summary>
public sealed class StatusReporter(
    StartVerificationOptions options, DiditOptions didit, HealthHistory health, RecentActivity recent, DiditPipeline pipeline,
    QueueWatch watch,
    TimeProvider time)
{
    private static readonly string Version =
        typeof(StatusReporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private readonly DateTimeOffset _started = time.GetUtcNow();

    /// <summary>Takes it.</summary>
    public StatusSnapshot Read()
    {
        var now = time.GetUtcNow();
        var queues = watch.Latest;
        return new()
        {
            At = now,
            Version = Version,
            Host = Environment.MachineName,
            Started = _started,
            Health = health.Latest,
            Outcomes = [.. recent.ByMinute().Select(minute => new MinuteOfOutcomes(minute.At, minute.Counts))],
            InFlight = recent.Active,
            ConcurrentMessageLimit = options.ConcurrentMessageLimit,
            Circuit = pipeline.Circuit,
            Pause = (pipeline.Creates.Gate.Current ?? pipeline.Reads.Gate.Current) is { } pause
                ? new(pause.Reason, pause.Why, pause.Since, pause.Until) : null,
            CreateRate = new(didit.RequestsPerMinute, recent.CreatesLastMinute()),
            Queues = queues is null ? null : new(queues.At, queues.Queues),
            DeadLetters = [.. (queues?.Groups ?? [])
                .Select(group => new DeadLetterStatus(group.Queue, group.Group, group.Count, (group.WindowEnds - now)?.TotalSeconds))],
            Window = didit.UsableWindow.TotalSeconds,
            Errors = [.. recent.LatestErrors().Select(error => new ErrorStatus(error.At, error.Outcome, error.Why, error.Key))],
        };
    }
}
