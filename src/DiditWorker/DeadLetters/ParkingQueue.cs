using DiditWorker.Transport;
using RabbitMQ.Client;

namespace DiditWorker.DeadLetters;

/// <summary>
/// The worker's error and skipped queues where there is none yet: MassTransit declares them when it parks the first message, so on a fresh
/// broker an import comes before it.
/// </summary>
internal static class ParkingQueue
{
    /// <summary>Declares the exchange, the queue and the binding as MassTransit does with the settings of <see cref="RabbitMqTransport"/>.</summary>
    /// <returns><inheritdoc cref="BrokerConnection.DeclareQueueAsync" path="/returns"/></returns>
    public static async Task<string?> DeclareAsync(IConnection connection, string queue, CancellationToken cancellation)
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["x-queue-type"] = "quorum",
            ["x-delivery-limit"] = RabbitMqTransport.NoDeliveryLimit,
        };
        var difference = await BrokerConnection.DeclareQueueAsync(connection, queue, arguments, cancellation);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        await channel.ExchangeDeclareAsync(queue, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: cancellation);
        await channel.QueueBindAsync(queue, queue, routingKey: "", cancellationToken: cancellation);
        return difference;
    }
}
