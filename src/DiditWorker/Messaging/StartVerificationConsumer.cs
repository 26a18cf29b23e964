using System.Diagnostics;
using DiditWorker.Didit;
using DiditWorker.Observability;
using DiditWorker.Protocol;
using DiditWorker.Verification;
using MassTransit;

namespace DiditWorker.Messaging;

/// <summary>Turns each <see cref="Contracts.StartVerification"/> into exactly one session and one answer.</summary>
public sealed class StartVerificationConsumer(
    VerificationFlow flow, DiditOptions didit, IdempotencyOptions idempotency, StartVerificationOptions options, RecentActivity recent,
    DeliveryReporter reporter, IResponder responder) : IConsumer<ReceivedStartVerification>
{
    private const string MissingId =
        "message_id: is missing or longer than 255 characters; set the AMQP property message_id (or the envelope's messageId) to an id "
            + "of the request, and keep it when publishing again";

    /// <inheritdoc />
    /// <remarks>What throws here goes through <see cref="RejectionFilter"/>.</remarks>
    public async Task Consume(ConsumeContext<ReceivedStartVerification> context)
    {
        var facts = context.ReceiveContext.Facts(context);
        var delivery = Delivery.Read(facts, idempotency.Scope) ?? throw new InvalidMessageException(MissingId);
        var ticket = recent.Began(delivery.Urgency, delivery.IsReplay ? null : delivery.PublishedAt);
        using var span = DeliverySpan.Start(facts, delivery, options.Queue);
        try
        {
            await AnswerAsync(context, delivery, span);
        }
        catch (OperationCanceledException)
        {
            // MassTransit would park a cancelled delivery.
            throw new ReturnToQueueException(flow.WhyInterrupted(context.CancellationToken)) { Delivery = delivery };
        }
        finally
        {
            recent.Left(ticket);
        }
    }

    private async Task AnswerAsync(ConsumeContext<ReceivedStartVerification> context, Delivery delivery, Activity? span)
    {
        VerificationRequest? request = null;
        try
        {
            request = StartVerificationReader.Read(context.Message.Body, didit.WorkflowId);
            delivery = delivery.Of(request);
            var answer = await flow.AnswerAsync(delivery, request, context.CancellationToken);
            await context.AnswerAsync(responder, delivery.Key, answer.ToEvent(delivery, request, didit.SessionLifetime), answer.Outcome);
            reporter.Ended(delivery, answer.Attempts, answer.Outcome, context.ReceiveContext.ElapsedTime);
        }
        catch (DeliveryEndedException ended)
        {
            ended.Delivery = delivery;
            if (ended is RejectedException rejection)
            {
                DeliveryReporter.Mark(span, rejection.Attempts, rejection.Outcome, rejection.Code);
                await context.AnswerAsync(responder, delivery.Key, rejection.ToEvent(delivery, request), AnswerPublishing.Rejected);
                rejection.Answered = true;
            }

            if (ended is not ExpiredException)
            {
                throw;
            }

            reporter.Expired(delivery, ended.Attempts, context.ReceiveContext.ElapsedTime);
        }
    }
}
