using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace DiditWorker.Operations.Broker;

/// <summary>A subscription at RabbitMQ. What has not been read waits in a queue of its own, which goes with it.</summary>
internal sealed class Subscription : ISubscription
{
    private const ushort Ahead = 500;

    private readonly IChannel _channel;
    private readonly Channel<BasicDeliverEventArgs> _arrived =
        Channel.CreateUnbounded<BasicDeliverEventArgs>(new() { SingleReader = true });

    private Subscription(IChannel channel)
    {
        _channel = channel;
        channel.ChannelShutdownAsync += (_, why) =>
        {
            _arrived.Writer.TryComplete(
                new BrokerException(BrokerFailure.Closed, "the broker ended the listening for answers: " + why.ReplyText));
            return Task.CompletedTask;
        };
    }

    /// <inheritdoc cref="IOperatorBroker.SubscribeAsync"/>
    public static async Task<Subscription> OpenAsync(
        IConnection connection, IReadOnlyList<string> exchanges, CancellationToken cancellation)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        var subscription = new Subscription(channel);
        var queue = (await channel.QueueDeclareAsync(
            "", durable: false, exclusive: true, autoDelete: true, cancellationToken: cancellation)).QueueName;
        foreach (var exchange in exchanges)
        {
            if (!await BrokerConnection.HasExchangeAsync(connection, exchange, cancellation))
            {
                // As the worker declares it: it may not have published yet.
                await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true, cancellationToken: cancellation);
            }

            await channel.QueueBindAsync(queue, exchange, "", cancellationToken: cancellation);
        }

        await subscription.ConsumeAsync(queue, cancellation);
        return subscription;
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<(string Exchange, IReadOnlyBasicProperties Properties, ReadOnlyMemory<byte> Body)> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var message in _arrived.Reader.ReadAllAsync(cancellation))
        {
            await BrokerFaults.ToldAsync(() => _channel.BasicAckAsync(message.DeliveryTag, multiple: false, cancellation).AsTask());
            yield return (message.Exchange, message.BasicProperties, message.Body);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await BrokerFaults.ToldAsync(() => _channel.DisposeAsync().AsTask());

    private async Task ConsumeAsync(string queue, CancellationToken cancellation)
    {
        var consumer = new AsyncEventingBasicConsumer(_channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            _arrived.Writer.TryWrite(message.WithOwnBody());
            return Task.CompletedTask;
        };
        await _channel.BasicQosAsync(0, Ahead, global: false, cancellation);
        await _channel.BasicConsumeAsync(queue, autoAck: false, consumer, cancellation);
    }
}
