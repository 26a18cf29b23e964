using DiditWorker.Contracts;
using DiditWorker.Idempotency;
using MassTransit;

namespace DiditWorker.Verification;

/// <summary>
/// Publishes answers so that every repeat has the same MessageId, CorrelationId and content, before the delivery is acknowledged. A header says
/// how this delivery came by it.
/// </summary>
internal static class AnswerPublishing
{
    /// <summary>The outcome of every rejection.</summary>
    public const string Rejected = "rejected";

    /// <summary>To everybody, and to the response address if there is one and it may be declared there.</summary>
    /// <remarks>
    /// MassTransit declares the address on the channel that the delivery came on. A broker that refuses this closes the channel: the delivery would
    /// come back, with everything else that is under way, and be answered again, without end.
    /// </remarks>
    /// <exception cref="ReturnToQueueException">The broker did not confirm: the delivery must come again, since its answer may be lost.</exception>
    public static async Task AnswerAsync<T>(this ConsumeContext context, IdempotencyKey key, T answer, string outcome, Topology topology)
        where T : class
    {
        try
        {
            var published = context.Publish(answer, Identified<T>(key, outcome), context.CancellationToken);
            if (context.ResponseAddress is null)
            {
                await published;
            }
            else if (topology == Topology.Expect)
            {
                await published;
                LogContext.Warning?.Log("{Key}: not sent to its response address, since StartVerification:Topology is Expect; the answer is published", key);
            }
            else
            {
                // Neither waits for the other's confirm; the delivery waits for both, even where one is refused at once.
                await Task.WhenAll(published, context.RespondAsync(key, answer, outcome));
            }
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or EndpointException or ArgumentException))
        {
            throw new ReturnToQueueException("the answer could not be published: " + exception.GetType().Name);
        }
    }

    /// <summary>To everybody, for a message whose envelope could not be read.</summary>
    public static Task AnswerAsync<T>(this IPublishEndpoint bus, IdempotencyKey key, T answer, string outcome, CancellationToken cancellation)
        where T : class =>
        bus.Publish(answer, Identified<T>(key, outcome), cancellation);

    private static async Task RespondAsync<T>(this ConsumeContext context, IdempotencyKey key, T answer, string outcome)
        where T : class =>
        await context.RespondAsync(answer, Identified<T>(key, outcome));

    private static IPipe<SendContext<T>> Identified<T>(IdempotencyKey key, string outcome)
        where T : class =>
        Pipe.Execute<SendContext<T>>(context =>
        {
            context.MessageId = key.EventId(typeof(T).Name);
            context.CorrelationId = key.Value;
            context.Headers.Set(AnswerHeaders.Outcome, outcome);
        });
}
