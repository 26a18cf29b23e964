using DiditWorker.Observability;
using DiditWorker.Operations.Broker;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using DiditWorker.Verification;
using MassTransit;

namespace DiditWorker.Messaging;

/// <summary>
/// What happens to a delivery that failed: a rejection is parked, and answered if it failed before the consumer could do that; what was
/// only held for too long goes back to the queue; anything unexpected is parked as it is. Stands before MassTransit's move to the error
/// queue.
/// </summary>
public sealed class RejectionFilter(
    IServiceProvider services, StartVerificationOptions options, IdempotencyOptions idempotency, DeadLetterCounts counts,
    DeliveryReporter reporter, BrokerFindings findings, TimeProvider time) : IFilter<ExceptionReceiveContext>
{
    private static readonly TimeSpan WhenStuck = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        var ended = context.Exception.GetBaseException() as DeliveryEndedException;
        var (delivery, attempts) =
            (ended?.Delivery ?? Delivery.Read(context.Facts(consume: null), idempotency.Scope), ended?.Attempts ?? 0);
        context.MakeRoom();
        switch (context.Exception.GetBaseException())
        {
            case ReturnToQueueException stuck when SetApart.IsStuck(context):
                // At once it would come again at once, with all of its body.
                await Task.Delay(WhenStuck, time, context.CancellationToken);
                reporter.Ended(delivery, attempts, DeliveryOutcomes.Waited, context.ElapsedTime, stuck.Message);
                throw stuck;
            case ReturnToQueueException when CountedReturns(context) >= BrokerFindings.LastReturn && findings.MayDrop:
                await ParkAsync(context, next, DeadLetterGroups.DeliveryLimit, delivery);
                reporter.Ended(
                    delivery, attempts, DeliveryOutcomes.Parked, context.ElapsedTime, DeadLetterGroups.DeliveryLimit,
                    "given back as often as the broker allows");
                break;
            case ReturnToQueueException returned:
                findings.ReturnedAgain(CountedReturns(context));
                reporter.Ended(delivery, attempts, DeliveryOutcomes.Waited, context.ElapsedTime, returned.Message);

                // The transport gives back what throws past here.
                throw returned;
            case ParkedException parked:
                if (delivery is not null && !parked.Answered)
                {
                    // The bus is asked for only now: it is still being built when this filter is.
                    var bus = services.GetRequiredService<IBus>();
                    await bus.AnswerAsync(
                        delivery.Key, parked.ToEvent(delivery, request: null), AnswerPublishing.Rejected, context.CancellationToken);
                }

                await ParkAsync(context, next, parked.Code, delivery);
                reporter.Ended(delivery, attempts, parked.Outcome, context.ElapsedTime, parked.Code, parked.Message);
                break;
            case var failure:
                await ParkAsync(context, next, DeadLetterGroups.Other, delivery);
                reporter.Ended(delivery, attempts, DeliveryOutcomes.Failed, context.ElapsedTime, failure.GetType().Name);
                break;
        }
    }

    /// <inheritdoc />
    public void Probe(ProbeContext context) => context.CreateFilterScope("rejection");

    // x-acquired-count, of RabbitMQ 4.3, counts holds as well, and nothing is held against it.
    // Before its first return the header, if there is one, is the publisher's.
    private static long CountedReturns(ReceiveContext context) =>
        context.Redelivered ? context.TransportHeaders.Get("x-delivery-count", default(long?)) ?? 0 : 0;

    // MassTransit notes a fault only where the consumer throws; a body that cannot be read would be moved to the skipped queue as well.
    private async Task ParkAsync(
        ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next, string group, Delivery? delivery)
    {
        if (!SetApart.IsParked(context))
        {
            await next.Send(context);
        }

        if (!context.IsFaulted)
        {
            await context.NotifyFaulted(context.Exception);
        }

        await counts.ParkedAsync(options.ErrorQueue, group, delivery?.PublishedAt);
    }
}
