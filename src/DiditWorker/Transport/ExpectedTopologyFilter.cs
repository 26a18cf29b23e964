using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;

namespace DiditWorker.Transport;

/// <summary>
/// Makes MassTransit look for its exchanges and queues where it would declare them. RabbitMQ asks for the right to <c>configure</c> at every
/// declaration, also of what is there (RabbitMQ docs, "Access Control", authorisation), and who may declare a queue may delete it.
/// </summary>
internal sealed class ExpectedTopologyFilter : IFilter<ChannelContext>
{
    /// <inheritdoc />
    public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        using var looking = new LookingChannel(context);
        await next.Send(looking);
    }

    /// <inheritdoc />
    public void Probe(ProbeContext context) => context.CreateFilterScope("expectedTopology");

    // What is not there ends the channel with 404, which health tells of, and MassTransit tries again until it is.
    private sealed class LookingChannel(ChannelContext context) : ScopeChannelContext(context, CancellationToken.None), ChannelContext
    {
        Task ChannelContext.ExchangeDeclare(
            string exchange, string type, bool durable, bool autoDelete, IDictionary<string, object> arguments, CancellationToken cancellationToken) =>
            ExchangeDeclarePassive(exchange, cancellationToken);

        Task<QueueDeclareOk> ChannelContext.QueueDeclare(
            string queue, bool durable, bool exclusive, bool autoDelete, IDictionary<string, object> arguments, CancellationToken cancellationToken) =>
            QueueDeclarePassive(queue, cancellationToken);

        // Bindings cannot be asked for.
        Task ChannelContext.QueueBind(
            string queue, string exchange, string routingKey, IDictionary<string, object> arguments, CancellationToken cancellationToken) =>
            Task.CompletedTask;

        Task ChannelContext.ExchangeBind(
            string destination, string source, string routingKey, IDictionary<string, object> arguments, CancellationToken cancellationToken) =>
            Task.CompletedTask;
    }
}
