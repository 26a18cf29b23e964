using RabbitMQ.Client.Events;

namespace DiditWorker.Operations.Broker;

/// <summary>Keeps a delivery beyond its event.</summary>
internal static class OwnBody
{
    /// <summary>The delivery with a copy of its body: the body that comes is the library's own memory, which it uses again.</summary>
    public static BasicDeliverEventArgs WithOwnBody(this BasicDeliverEventArgs message) => new(
        message.ConsumerTag, message.DeliveryTag, message.Redelivered, message.Exchange, message.RoutingKey, message.BasicProperties,
        message.Body.ToArray(), message.CancellationToken);
}
