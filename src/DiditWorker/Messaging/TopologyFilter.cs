using DiditWorker.Operations.Broker;
using DiditWorker.Verification;
using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DiditWorker.Messaging;

/// <summary>
/// Stands before MassTransit's declarations. With <see cref="Topology.Declare"/> a queue that exists with other arguments is used as it
/// is, and health tells of it: MassTransit would try again for ever. With <see cref="Topology.Expect"/> nothing is declared: the broker
/// asks for the right to <c>configure</c> at every declaration, also of what is there (RabbitMQ docs, "Access Control"), and who may
/// declare a queue may delete it.
/// </summary>
internal sealed class TopologyFilter(StartVerificationOptions options, BrokerFindings findings) : IFilter<ChannelContext>
{
    /// <inheritdoc />
    public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        try
        {
            await ConsumeAsync(context, next);
        }
        catch (OperationInterruptedException exception)
        {
            // MassTransit's own health would say "not started", and no more.
            findings.Interruption = exception.ShutdownReason?.ReplyText;
            throw;
        }
    }

    /// <inheritdoc />
    public void Probe(ProbeContext context) => context.CreateFilterScope("topology");

    private async Task ConsumeAsync(ChannelContext context, IPipe<ChannelContext> next)
    {
        if (options.Topology == Topology.Declare)
        {
            // Where the broker puts what reaches a delivery limit: it must be there before the first one does.
            var connection = context.ConnectionContext.Connection;
            findings.DeclaredParking(
                options.ErrorQueue, await ParkingQueue.DeclareAsync(connection, options.ErrorQueue, context.CancellationToken));
        }

        using ScopeChannelContext channel = options.Topology == Topology.Declare
            ? new DeclaringChannel(context, options, findings)
            : new LookingChannel(context, options);
        await next.Send((ChannelContext)channel);
    }

    // What is moved to the error or skipped queue is published on the channel that it came on.
    private abstract class ParkingChannel(ChannelContext context, StartVerificationOptions options)
        : ScopeChannelContext(context, CancellationToken.None), ChannelContext
    {
        protected StartVerificationOptions Options => options;

        Task ChannelContext.BasicPublishAsync(
            string exchange, string routingKey, bool mandatory, BasicProperties basicProperties, byte[] body, bool awaitAck,
            CancellationToken cancellationToken)
        {
            if (exchange == options.ErrorQueue || exchange == options.SkippedQueue)
            {
                Aside.Put(basicProperties, Aside.Parked);
            }

            return BasicPublishAsync(exchange, routingKey, mandatory, basicProperties, body, awaitAck, cancellationToken);
        }
    }

    private sealed class DeclaringChannel(ChannelContext context, StartVerificationOptions options, BrokerFindings findings)
        : ParkingChannel(context, options), ChannelContext
    {
        async Task<QueueDeclareOk> ChannelContext.QueueDeclare(
            string queue, bool durable, bool exclusive, bool autoDelete, IDictionary<string, object> arguments,
            CancellationToken cancellationToken)
        {
            var difference = await BrokerConnection.DeclareQueueAsync(ConnectionContext.Connection, queue, arguments!, cancellationToken);
            if (queue == Options.Queue)
            {
                findings.DeclaredInput(queue, difference);
            }
            else
            {
                findings.DeclaredParking(queue, difference);
            }

            return await QueueDeclarePassive(queue, cancellationToken);
        }
    }

    // What is not there ends the channel with 404, which health tells of, and MassTransit tries again until it is.
    private sealed class LookingChannel(ChannelContext context, StartVerificationOptions options)
        : ParkingChannel(context, options), ChannelContext
    {
        // From RabbitMQ 4.3 on a look needs one right on the name, too. On the publishers' exchange the worker has none, and needs none.
        Task ChannelContext.ExchangeDeclare(
            string exchange, string type, bool durable, bool autoDelete, IDictionary<string, object> arguments,
            CancellationToken cancellationToken) =>
            exchange == Inbox.Exchange ? Task.CompletedTask : ExchangeDeclarePassive(exchange, cancellationToken);

        Task<QueueDeclareOk> ChannelContext.QueueDeclare(
            string queue, bool durable, bool exclusive, bool autoDelete, IDictionary<string, object> arguments,
            CancellationToken cancellationToken) =>
            QueueDeclarePassive(queue, cancellationToken);

        // Bindings cannot be asked for.
        Task ChannelContext.QueueBind(
            string queue, string exchange, string routingKey, IDictionary<string, object> arguments, CancellationToken cancellationToken) =>
            Task.CompletedTask;

        Task ChannelContext.ExchangeBind(
            string destination, string source, string routingKey, IDictionary<string, object> arguments,
            CancellationToken cancellationToken) =>
            Task.CompletedTask;
    }
}
