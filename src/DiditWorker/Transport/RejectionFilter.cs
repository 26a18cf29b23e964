using DiditWorker.Contracts;
using DiditWorker.Hosting;
using DiditWorker.Idempotency;
using DiditWorker.Observability;
using DiditWorker.Verification;
using MassTransit;

namespace DiditWorker.Transport;

/// <summary>
/// What happens to a delivery that failed: a rejection is answered and then parked; what was only held for too long goes back to the queue;
/// anything unexpected is parked as it is. Stands before MassTransit's move to the error queue.
/// </summary>
public sealed partial class RejectionFilter(IServiceProvider services, WorkerSettings settings, WorkerMetrics metrics, ILogger<RejectionFilter> logger)
    : IFilter<ExceptionReceiveContext>
{
    /// <inheritdoc />
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        context.TryGetPayload<ConsumeContext>(out var consume);
        var delivery = Delivery.Read(context, consume, settings.Idempotency.Scope);
        switch (context.Exception.GetBaseException())
        {
            case ReturnToQueueException returned:
                End("waited", context, delivery, returned.Message);

                // The transport gives back what throws past here.
                throw returned;
            case ParkedException parked:
                if (delivery is not null)
                {
                    await AnswerAsync(context, consume, delivery, ToEvent(parked, delivery));
                }

                await next.Send(context);
                End(parked.Code is RejectionCodes.AmbiguousSession or RejectionCodes.AttemptsExhausted ? "parked" : "rejected", context, delivery, parked.Code);
                break;
            default:
                await next.Send(context);
                End("failed", context, delivery, context.Exception.GetBaseException().GetType().Name);
                break;
        }
    }

    /// <inheritdoc />
    public void Probe(ProbeContext context) => context.CreateFilterScope("rejection");

    private async Task AnswerAsync(ReceiveContext context, ConsumeContext? consume, Delivery delivery, VerificationSessionRejected answer)
    {
        if (consume is null)
        {
            // Asked for only now: the bus is still being built when this filter is.
            await services.GetRequiredService<IBus>().AnswerAsync(delivery.Key, answer, context.CancellationToken);
        }
        else
        {
            await consume.AnswerAsync(delivery.Key, answer);
        }
    }

    private static VerificationSessionRejected ToEvent(ParkedException parked, Delivery delivery) => new()
    {
        RequestId = delivery.RequestId,
        IdempotencyKey = delivery.Key.Value,
        Code = parked.Code,
        Reason = parked.Message,
        VendorData = parked.VendorData,
        WorkflowId = parked.WorkflowId,
    };

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
