using System.Diagnostics.Metrics;
using DiditWorker.Didit;
using DiditWorker.Observability;

namespace DiditWorker.Status;

/// <summary>Shows what <see cref="QueueWatch"/> saw. What is unknown has no series rather than a 0. All replicas show the same.</summary>
public sealed class QueueGauges
{
    private readonly QueueWatch _watch;
    private readonly TimeProvider _time;

    /// <param name="meters">Owns the meter.</param>
    /// <param name="watch">What is shown.</param>
    /// <param name="didit">The window.</param>
    /// <param name="time">The clock.</param>
    public QueueGauges(IMeterFactory meters, QueueWatch watch, DiditOptions didit, TimeProvider time)
    {
        (_watch, _time) = (watch, time);
        var meter = meters.Create(WorkerMetrics.MeterName);
        meter.CreateObservableGauge(
            "diditworker.queue.messages", () =>
            Queues(IsInput, queue => queue.Messages), "{message}", "Messages ready in the input queue.");
        meter.CreateObservableGauge(
            "diditworker.queue.consumers", () => Queues(IsInput, queue => queue.Consumers), "{consumer}", "Consumers of the input queue.");
        meter.CreateObservableGauge("diditworker.deadletters", () => Queues(queue => !IsInput(queue), queue => queue.Messages), "{message}",
            "Dead letters in the error and in the skipped queue.");
        meter.CreateObservableGauge("diditworker.deadletters.grouped", () => Groups(group => (double)group.Count), "{message}",
            "Dead letters by what they were parked for, counted then.");
        meter.CreateObservableGauge("diditworker.window.remaining", Remaining, "s",
            "Time to the end of the window of the oldest dead letter; negative: it is over.");
        meter.CreateObservableGauge("diditworker.window.remaining.grouped", () => Groups(group => Left(group.WindowEnds)), "s",
            "The same by what they were parked for.");
        meter.CreateObservableGauge(
            "diditworker.window.duration", () => didit.UsableWindow.TotalSeconds, "s", "The window less its margin.");
    }

    private bool IsInput(QueueDepth queue) => queue.Name == _watch.InputQueue;

    private IEnumerable<Measurement<long>> Queues(Func<QueueDepth, bool> which, Func<QueueDepth, long> value) =>
        (_watch.Latest?.Queues ?? []).Where(which)
            .Select(queue => new Measurement<long>(value(queue), new KeyValuePair<string, object?>("queue", queue.Name)));

    private IEnumerable<Measurement<double>> Groups(Func<GroupDepth, double?> value) =>
        (_watch.Latest?.Groups ?? []).Where(group => value(group) is not null)
        .Select(group => new Measurement<double>(value(group)!.Value, new("queue", group.Queue), new("group", group.Group)));

    private IEnumerable<Measurement<double>> Remaining() => (_watch.Latest?.Groups ?? [])
        .GroupBy(group => group.Queue, StringComparer.Ordinal)
        .Select(queue => (Queue: queue.Key, Left: Left(queue.Min(group => group.WindowEnds))))
        .Where(oldest => oldest.Left is not null)
        .Select(oldest => new Measurement<double>(oldest.Left!.Value, new KeyValuePair<string, object?>("queue", oldest.Queue)));

    private double? Left(DateTimeOffset? ends) => (ends - _time.GetUtcNow())?.TotalSeconds;
}
