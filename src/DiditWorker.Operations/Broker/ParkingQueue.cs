using RabbitMQ.Client;

namespace DiditWorker.Operations.Broker;

/// <summary>
/// The worker's error and skipped queues where there is none yet: MassTransit declares them when it parks the first message, so on a fresh
/// broker an import comes before it.
/// </summary>
internal static class ParkingQueue
{
    /// <summary>
    /// From RabbitMQ 4.0 a quorum queue drops a message after 20 deliveries unless told otherwise (RabbitMQ docs, "Quorum Queues", poison
    /// message handling). A message that is held during a long outage, or a dead letter that people look at, must not be dropped. -1 says
    /// "no limit" from 4.0 on, but 3.x refuses it; a number that is never reached works on both.
    /// </summary>
    public const int NoDeliveryLimit = 1_000_000_000;

    /// <summary>Declares the exchange, the queue and the binding as MassTransit does with the settings of the worker's bus.</summary>
    /// <returns><inheritdoc cref="BrokerConnection.DeclareQueueAsync" path="/returns"/></returns>
    public static async Task<string?> DeclareAsync(IConnection connection, string queue, CancellationToken cancellation)
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["x-queue-type"] = "quorum",
            ["x-delivery-limit"] = NoDeliveryLimit,
        };
        var difference = await BrokerConnection.DeclareQueueAsync(connection, queue, arguments, cancellation);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        await channel.ExchangeDeclareAsync(queue, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: cancellation);
        await channel.QueueBindAsync(queue, queue, routingKey: "", cancellationToken: cancellation);
        return difference;
    }
}
