using System.Collections.Concurrent;
using System.Diagnostics;
using DiditWorker.Observability;

namespace DiditWorker.IntegrationTests.Telemetry;

/// <summary>Every span of this process, of the sources that the service exports and of the test's own publisher.</summary>
internal sealed class CapturedSpans : IDisposable
{
    private static readonly ActivitySource Tests = new("DiditWorker.Tests");
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public CapturedSpans()
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name is WorkerTracing.SourceName or "MassTransit" or "System.Net.Http" or "DiditWorker.Tests",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>All that have ended.</summary>
    public IReadOnlyCollection<Activity> All => _ended;

    /// <summary>The publisher's span, which must be disposed.</summary>
    public static Activity Publisher() => Tests.StartActivity("publisher")!;

    public IEnumerable<Activity> Of(ActivityTraceId trace, string name) =>
        _ended.Where(span => span.TraceId == trace && span.DisplayName == name).OrderBy(span => span.StartTimeUtc);

    public IEnumerable<Activity> Of(ActivityTraceId trace) => _ended.Where(span => span.TraceId == trace);

    public void Dispose() => _listener.Dispose();

    /// <summary>Everything that a span would export, as text.</summary>
    public static string Text(Activity span) => string.Join(' ',
    [
        span.Source.Name, span.DisplayName, span.StatusDescription ?? "", .. span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"),
        .. span.Baggage.Select(item => $"{item.Key}={item.Value}"),
        .. span.Events.SelectMany(item => item.Tags.Select(tag => $"{item.Name}.{tag.Key}={tag.Value}")),
    ]);
}
