using DiditWorker.Contracts;
using DiditWorker.Hosting;
using DiditWorker.Idempotency;
using DiditWorker.Observability;
using DiditWorker.Verification;
using MassTransit;

namespace DiditWorker.Transport;

/// <summary>
/// What happens to a delivery that failed: a rejection is parked, and answered if it failed before the consumer could do that; what was only
/// held for too long goes back to the queue; anything unexpected is parked as it is. Stands before MassTransit's move to the error queue.
/// </summary>
public sealed partial class RejectionFilter(IServiceProvider services, WorkerSettings settings, WorkerMetrics metrics, ILogger<RejectionFilter> logger)
    : IFilter<ExceptionReceiveContext>
{
    /// <inheritdoc />
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        var delivery = Delivery.Read(DeliveryFacts.Of(context, consume: null), settings.Idempotency.Scope);
        HeaderRoom.Make(context);
        switch (context.Exception.GetBaseException())
        {
            case ReturnToQueueException returned:
                End("waited", context, delivery, returned.Message);

                // The transport gives back what throws past here.
                throw returned;
            case ParkedException parked:
                if (delivery is not null && !parked.Answered)
                {
                    // The bus is asked for only now: it is still being built when this filter is.
                    var bus = services.GetRequiredService<IBus>();
                    await bus.AnswerAsync(delivery.Key, parked.ToEvent(delivery, request: null), AnswerPublishing.Rejected, context.CancellationToken);
                }

                await ParkAsync(context, next);
                End(parked.Code is RejectionCodes.AmbiguousSession or RejectionCodes.AttemptsExhausted ? "parked" : "rejected", context, delivery, parked.Code);
                break;
            default:
                await ParkAsync(context, next);
                End("failed", context, delivery, context.Exception.GetBaseException().GetType().Name);
                break;
        }
    }

    /// <inheritdoc />
    public void Probe(ProbeContext context) => context.CreateFilterScope("rejection");

    // MassTransit notes a fault only where the consumer throws; a body that cannot be read would be moved to the skipped queue as well.
    private static async Task ParkAsync(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        await next.Send(context);
        if (!context.IsFaulted)
        {
            await context.NotifyFaulted(context.Exception);
        }
    }

    private void End(string outcome, ReceiveContext context, Delivery? delivery, string why)
    {
        metrics.Delivered(outcome, context.ElapsedTime);
        Log.Ended(logger, outcome == "waited" ? LogLevel.Information : LogLevel.Error, delivery?.RequestId, delivery?.Key, outcome, why,
            context.ElapsedTime.TotalMilliseconds);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 110, Message = "{RequestId} {Key}: {Outcome} ({Why}) in {Milliseconds:0} ms")]
        public static partial void Ended(
            ILogger logger, LogLevel level, string? requestId, IdempotencyKey? key, string outcome, string why, double milliseconds);
    }
}
