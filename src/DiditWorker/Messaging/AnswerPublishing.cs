using DiditWorker.Contracts;
using DiditWorker.Protocol;
using DiditWorker.Verification;
using MassTransit;

namespace DiditWorker.Messaging;

/// <summary>
/// Publishes answers so that every repeat has the same MessageId, CorrelationId and content, before the delivery is acknowledged. A header
/// says how this delivery came by it.
/// </summary>
internal static class AnswerPublishing
{
    /// <summary>The outcome of every rejection.</summary>
    public const string Rejected = "rejected";

    /// <summary>To everybody, and to the response address if there is one that can be used.</summary>
    /// <exception cref="ReturnToQueueException">
    /// The broker did not confirm: the delivery must come again, since its answer may be lost.
    /// </exception>
    public static async Task AnswerAsync<T>(this ConsumeContext context, IResponder responder, IdempotencyKey key, T answer, string outcome)
        where T : class
    {
        try
        {
            var pipe = Identified<T>(key, outcome);
            var published = context.Publish(answer, pipe, context.CancellationToken);
            if (context.ResponseAddress is null)
            {
                await published;
                return;
            }

            // Neither waits for the other's confirm; the delivery waits for both, even where one is refused at once.
            var responded = responder.RespondAsync(context, answer, pipe);
            await Task.WhenAll(published, responded);
            if (await responded is { } why)
            {
                LogContext.Warning?.Log("{Key}: its response address cannot be used ({Why}); the answer is published", key, why);
            }
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or ArgumentException))
        {
            throw new ReturnToQueueException("the answer could not be published: " + exception.GetType().Name);
        }
    }

    /// <summary>To everybody, for a message whose envelope could not be read.</summary>
    public static Task AnswerAsync<T>(
        this IPublishEndpoint bus, IdempotencyKey key, T answer, string outcome, CancellationToken cancellation)
        where T : class =>
        bus.Publish(answer, Identified<T>(key, outcome), cancellation);

    private static IPipe<SendContext<T>> Identified<T>(IdempotencyKey key, string outcome)
        where T : class =>
        Pipe.Execute<SendContext<T>>(context =>
        {
            // MassTransit copies the request's own ones: what is in them may be refused by the broker, or be meant for nobody else.
            foreach (var (name, _) in context.Headers.GetAll().ToList())
            {
                context.Headers.Set(name, null);
            }

            context.MessageId = key.EventId(typeof(T).Name);
            context.CorrelationId = key.Value;
            context.Headers.Set(AnswerHeaders.Outcome, outcome);
        });
}
