using System.Diagnostics;
using DiditWorker.Contracts;
using DiditWorker.Observability;
using DiditWorker.Verification;

namespace DiditWorker.Messaging;

/// <summary>Tells how each delivery ended, everywhere at once: one log line, the metrics, the current span, the status page.</summary>
public sealed partial class DeliveryReporter
{
    /// <summary>The event of a delivery that was rejected or parked. A flood of bad messages is one of these each.</summary>
    internal const int ParkedEvent = 111;

    private readonly WorkerMetrics _metrics;
    private readonly RecentActivity _recent;
    private readonly TimeProvider _time;
    private readonly ILogger<DeliveryReporter> _logger;

    /// <param name="metrics">Counts and times.</param>
    /// <param name="recent">Remembers for the status page.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">One line for each delivery.</param>
    public DeliveryReporter(WorkerMetrics metrics, RecentActivity recent, TimeProvider time, ILogger<DeliveryReporter> logger)
    {
        (_metrics, _recent, _time, _logger) = (metrics, recent, time, logger);
        metrics.ObserveActive(() => recent.Active);
        metrics.ObserveWaiting(recent.Waiting);
    }

    /// <summary>A delivery is over.</summary>
    /// <param name="delivery">Which; null if it has no usable id.</param>
    /// <param name="attempts">How often Didit was tried for its message.</param>
    /// <param name="outcome">One of <see cref="DeliveryOutcomes"/>.</param>
    /// <param name="duration">Since it was taken.</param>
    /// <param name="why">Of what was not answered with a session: the code, the name of the exception, or why it was given back.</param>
    /// <param name="reason">Of what was parked on purpose: what the code is about, in words.</param>
    public void Ended(
        Delivery? delivery, int attempts, string outcome, TimeSpan duration, string? why = null, string? reason = null)
    {
        var (id, key) = (delivery?.RequestId, delivery?.Key.ToString());
        _metrics.Delivered(outcome, duration);
        if (outcome is DeliveryOutcomes.Created or DeliveryOutcomes.Adopted && delivery is { IsReplay: false, PublishedAt: not null })
        {
            var now = _time.GetUtcNow();
            _metrics.Answered(delivery.IsUrgent, now - delivery.PublishedBy(now));
        }

        Mark(Activity.Current, attempts, outcome, why);
        if (why is null)
        {
            _recent.Ended(outcome, error: null);
            Log.Answered(_logger, id, key, outcome, attempts, duration.TotalMilliseconds);
            return;
        }

        var waited = outcome == DeliveryOutcomes.Waited;
        _recent.Ended(outcome, waited ? null : new(_time.GetUtcNow(), outcome, why, key));
        if (reason is not null)
        {
            Log.Parked(_logger, id ?? "no id", key ?? "no key", outcome, why, reason);
            return;
        }

        Log.Ended(_logger, waited ? LogLevel.Information : LogLevel.Error, id, key, outcome, why, attempts, duration.TotalMilliseconds);
    }

    /// <summary>A delivery is over: it was answered that its deadline was over, which is nobody's error.</summary>
    /// <param name="delivery">Which.</param>
    /// <param name="attempts">How often Didit was tried for its message.</param>
    /// <param name="duration">Since it was taken.</param>
    public void Expired(Delivery delivery, int attempts, TimeSpan duration)
    {
        _metrics.Delivered(DeliveryOutcomes.Rejected, duration);
        _metrics.Expired(delivery.IsUrgent);
        _recent.Ended(DeliveryOutcomes.Rejected, error: null);
        Log.Ended(
            _logger, LogLevel.Information, delivery.RequestId, delivery.Key.ToString(), DeliveryOutcomes.Rejected, RejectionCodes.Expired,
            attempts, duration.TotalMilliseconds);
    }

    /// <summary>Writes the end on a span; only what needs a person is an error.</summary>
    public static void Mark(Activity? activity, int attempts, string outcome, string? why)
    {
        activity?.SetTag(WorkerTracing.Outcome, outcome).SetTag(WorkerTracing.Attempts, attempts);
        if (outcome is DeliveryOutcomes.Parked or DeliveryOutcomes.Failed)
        {
            activity?.SetStatus(ActivityStatusCode.Error, why);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(100, LogLevel.Information, "{RequestId} {Key}: {Outcome} with {Attempts} attempts in {Milliseconds:0} ms")]
        public static partial void Answered(
            ILogger logger, string? requestId, string? key, string outcome, int attempts, double milliseconds);

        [LoggerMessage(EventId = 110, Message = "{RequestId} {Key}: {Outcome} ({Why}) with {Attempts} attempts in {Milliseconds:0} ms")]
        public static partial void Ended(
            ILogger logger, LogLevel level, string? requestId, string? key, string outcome, string why, int attempts, double milliseconds);

        [LoggerMessage(ParkedEvent, LogLevel.Warning, "{RequestId} {Key}: {Outcome} ({Why}): {Reason}")]
        public static partial void Parked(ILogger logger, string requestId, string key, string outcome, string why, string reason);
    }
}
