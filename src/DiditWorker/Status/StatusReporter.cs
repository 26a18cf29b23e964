using System.Reflection;
using DiditWorker.Didit;
using DiditWorker.Observability;
using DiditWorker.Verification;

namespace DiditWorker.Status;

/// <summary>Takes a <see cref="StatusSnapshot"/> from what the worker keeps in memory: asking for it costs nobody else anything.</summary>
public sealed class StatusReporter(
    StartVerificationOptions options, HealthHistory health, RecentActivity recent, DiditPipeline pipeline,
    QueueWatch watch, ReconciliationWatch reconciliations, TimeProvider time)
{
    /// <summary>Of the worker, without what built it.</summary>
    public static readonly string Version =
        typeof(StatusReporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private const int MaxWaiting = 20;

    private readonly DateTimeOffset _started = time.GetUtcNow();

    /// <summary>Takes it.</summary>
    public StatusSnapshot Read()
    {
        var now = time.GetUtcNow();
        var (queues, waiting) = (watch.Latest, recent.Retried.Current);
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
                ? new(
                    pause.Reason, pause.Why, pause.Since, pause.Until == DateTimeOffset.MaxValue ? null : pause.Until)
                : null,
            Wait = pipeline.Creates.Gate.Current is null ? WaitEstimate.Of(Load(queues)) : WaitEstimate.Unknown,
            CreateRate = new(pipeline.CreatesPerMinute, recent.CreatesLastMinute()),
            WaitingNow = [.. waiting.Take(MaxWaiting).Select(Waiting)],
            WaitingNowCount = waiting.Count,
            Queues = queues is null ? null : new(queues.At, [.. queues.Queues.Select(Held)]),
            DeadLetters = [.. (queues?.Groups ?? [])
                .Select(group => new DeadLetterStatus(group.Queue, group.Group, group.Count, (group.WindowEnds - now)?.TotalSeconds))],
            Reconciliation = reconciliations.Latest,
            Window = pipeline.Options.UsableWindow.TotalSeconds,
            Errors = [.. recent.LatestErrors().Select(error => new ErrorStatus(error.At, error.Outcome, error.Why, error.Key))],
        };
    }

    private Load Load(QueueView? queues)
    {
        var input = queues?.Queues.FirstOrDefault(queue => queue.Name == watch.InputQueue);
        return new()
        {
            UrgentInHand = recent.Waiting(urgent: true).Count,
            OthersInHand = recent.Waiting(urgent: false).Count,
            WaitingForTheRate = pipeline.WaitingForTheRate,
            Ready = input?.Messages,
            Replicas = input?.Consumers ?? 1,
            BrokerSorts = queues?.BrokerSorts == true,
            Rate = pipeline.CreatesPerMinute / 60.0,
            Ageing = pipeline.Options.AgeingPercent / 100.0,
            Create = recent.CreateDuration,
        };
    }

    private QueueDepth Held(QueueDepth queue) => queue.Name == watch.InputQueue ? queue with { Held = recent.Active } : queue;

    private static WaitingStatus Waiting(RetriedMessage message) => new()
    {
        RequestId = message.RequestId,
        Key = message.Key.ToString(),
        Attempts = message.Attempts.Attempts,
        Last = message.Attempts.LastError,
        LastAt = message.Attempts.LastAt,
        NextTry = message.Attempts.NextTry,
    };
}
