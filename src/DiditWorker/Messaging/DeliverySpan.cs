using System.Diagnostics;
using DiditWorker.Observability;
using DiditWorker.Verification;
using MassTransit.Logging;

namespace DiditWorker.Messaging;

/// <summary>
/// The span of one delivery: below MassTransit's, which continues the trace of publishers that use MassTransit. Other clients send the W3C
/// header <c>traceparent</c>, which MassTransit does not read; then this span continues theirs, with a link to MassTransit's. A replay
/// comes much later than the original, so it has a trace of its own with a link to that one.
/// </summary>
internal static class DeliverySpan
{
    public static Activity? Start(DeliveryFacts facts, Delivery delivery, string queue)
    {
        var publisher = PublisherOf(facts);
        var replays = facts.Header(Delivery.ReplayCountHeader);
        var activity = publisher is { } parent && replays is null
            ? WorkerTracing.Source.StartActivity("verify", ActivityKind.Consumer, parent, links: LinkTo(Activity.Current?.Context))
            : WorkerTracing.Source.StartActivity("verify", ActivityKind.Internal, parentContext: default, links: LinkTo(publisher));

        // Names: OpenTelemetry's semantic conventions for messaging.
        return activity?
            .SetTag("messaging.system", "rabbitmq")
            .SetTag("messaging.operation.name", "verify")
            .SetTag("messaging.operation.type", "process")
            .SetTag("messaging.destination.name", queue)
            .SetTag("messaging.message.id", delivery.RequestId)
            .SetTag("diditworker.key", delivery.Key.ToString())
            .SetTag("diditworker.redelivered", facts.Redelivered)
            .SetTag("diditworker.maybe_attempted", delivery.MaybeAttempted)
            .SetTag("diditworker.replays", replays);
    }

    private static ActivityContext? PublisherOf(DeliveryFacts facts) =>
        facts.Header("traceparent") is { } parent && facts.Header(DiagnosticHeaders.ActivityId) is null
        && ActivityContext.TryParse(parent, facts.Header("tracestate"), isRemote: true, out var context) ? context : null;

    private static IEnumerable<ActivityLink>? LinkTo(ActivityContext? context) => context is { } linked ? [new ActivityLink(linked)] : null;
}
