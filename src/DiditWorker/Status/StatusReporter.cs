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
        return new(
            now, Version, Environment.MachineName, _started, health.Latest,
            [.. recent.ByMinute().Select(minute => new MinuteOfOutcomes(minute.At, minute.Counts))],
            recent.Active, options.ConcurrentMessageLimit, pipeline.Circuit,
            (pipeline.Creates.Gate.Current ?? pipeline.Reads.Gate.Current) is { } pause
                ? new(pause.Reason, pause.Why, pause.Since, pause.Until) : null,
            new(didit.RequestsPerMinute, recent.CreatesLastMinute()),
            queues is null ? null : new(queues.At, queues.Queues),
            [.. (queues?.Groups ?? [])
                .Select(group => new DeadLetterStatus(group.Queue, group.Group, group.Count, (group.WindowEnds - now)?.TotalSeconds))],
            didit.UsableWindow.TotalSeconds,
            [.. recent.LatestErrors().Select(error => new ErrorStatus(error.At, error.Outcome, error.Why, error.Key))]);
    }
}
