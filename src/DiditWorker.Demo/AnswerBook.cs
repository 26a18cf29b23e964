using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DiditWorker.Contracts;
using DiditWorker.Observability;
using MassTransit;

namespace DiditWorker.Demo;

/// <summary>Collects what the worker answers, as any consumer of its events could, and how it says that deliveries ended.</summary>
public sealed class AnswerBook : IConsumer<VerificationSessionCreated>, IConsumer<VerificationSessionRejected>, IDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentBag<string>> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _outcomes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _first = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private int _answers;
    private int _rejections;

    /// <summary>Starts listening to the worker's meter.</summary>
    public AnswerBook()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: WorkerMetrics.MeterName, Name: "diditworker.deliveries" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            _outcomes.AddOrUpdate((string)tags[0].Value!, (int)value, (_, before) => before + (int)value));
        _listener.Start();
    }

    /// <summary>Answers, repeats included.</summary>
    public int Answers => Volatile.Read(ref _answers);

    /// <summary>Requests that were answered with a session.</summary>
    public int Answered => _sessions.Count;

    /// <summary>When a request was first answered; null: not yet.</summary>
    public DateTimeOffset? AnsweredAt(string requestId) => _first.TryGetValue(requestId, out var at) ? at : null;

    /// <summary>Rejections.</summary>
    public int Rejections => Volatile.Read(ref _rejections);

    /// <summary>Deliveries that ended so.</summary>
    public int Outcome(string name) => _outcomes.GetValueOrDefault(name);

    /// <summary>Requests whose answers do not all name one and the same session.</summary>
    public int Contradicted => _sessions.Count(entry => entry.Value.Distinct(StringComparer.Ordinal).Count() != 1);

    /// <summary>Different sessions that answers named.</summary>
    public int DistinctSessions => _sessions.Values.SelectMany(bag => bag).Distinct(StringComparer.Ordinal).Count();

    /// <inheritdoc />
    public Task Consume(ConsumeContext<VerificationSessionCreated> context)
    {
        _first.TryAdd(context.Message.RequestId, TimeProvider.System.GetUtcNow());
        _sessions.GetOrAdd(context.Message.RequestId, _ => []).Add(context.Message.SessionId);
        Interlocked.Increment(ref _answers);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task Consume(ConsumeContext<VerificationSessionRejected> context)
    {
        Interlocked.Increment(ref _rejections);
        Interlocked.Increment(ref _answers);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public void Dispose() => _listener.Dispose();
}
