using DiditWorker.Didit;
using DiditWorker.Idempotency;
using DiditWorker.Observability;
using MassTransit;

namespace DiditWorker.Verification;

/// <summary>Turns each <see cref="Contracts.StartVerification"/> into exactly one session and one answer.</summary>
public sealed partial class StartVerificationConsumer(
    VerificationFlow flow, DiditOptions didit, IdempotencyOptions idempotency, WorkerMetrics metrics, ILogger<StartVerificationConsumer> logger)
    : IConsumer<ReceivedStartVerification>
{
    private const string MissingId =
        "message_id: is missing or longer than 255 characters; set the AMQP property message_id (or the envelope's messageId) to an id of the request, and keep it when publishing again";

    /// <inheritdoc />
    /// <remarks>What throws here goes through <see cref="Transport.RejectionFilter"/>.</remarks>
    public async Task Consume(ConsumeContext<ReceivedStartVerification> context)
    {
        var delivery = Delivery.Read(DeliveryFacts.Of(context.ReceiveContext, context), idempotency.Scope) ?? throw new InvalidMessageException(MissingId);
        VerificationRequest? request = null;
        try
        {
            request = StartVerificationReader.Read(context.Message.Body, didit.WorkflowId);
            var answer = await flow.AnswerAsync(delivery, request, context.CancellationToken);
            await context.AnswerAsync(delivery.Key, answer.ToEvent(delivery, request, didit.SessionLifetime), answer.Outcome);
            Done(context.ReceiveContext.ElapsedTime, delivery, answer);
        }
        catch (ParkedException rejection)
        {
            await context.AnswerAsync(delivery.Key, rejection.ToEvent(delivery, request), AnswerPublishing.Rejected);
            rejection.Answered = true;
            throw;
        }
        catch (OperationCanceledException)
        {
            // MassTransit would park a cancelled delivery.
            throw new ReturnToQueueException("the worker stops");
        }
    }

    private void Done(TimeSpan duration, Delivery delivery, Answer answer)
    {
        metrics.Delivered(answer.Outcome, duration);
        Log.Answered(logger, delivery.RequestId, delivery.Key, answer.Outcome, duration.TotalMilliseconds);
    }

    private static partial class Log
    {
        [LoggerMessage(100, LogLevel.Information, "{RequestId} {Key}: {Outcome} in {Milliseconds:0} ms")]
        public static partial void Answered(ILogger logger, string requestId, IdempotencyKey key, string outcome, double milliseconds);
    }
}
