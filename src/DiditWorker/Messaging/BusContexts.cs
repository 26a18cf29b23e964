using DiditWorker.Operations.Broker;
using DiditWorker.Verification;
using MassTransit;
using MassTransit.Serialization;
using RabbitMQ.Client;

namespace DiditWorker.Messaging;

/// <summary>What the worker reads from MassTransit's view of a delivery.</summary>
internal static class BusContexts
{
    /// <summary>How urgent a message is, on a transport without AMQP's properties.</summary>
    public const string PriorityHeader = "Priority";

    /// <summary>AMQP's properties; null where the transport is another one.</summary>
    public static IReadOnlyBasicProperties? AmqpProperties(this PipeContext context) =>
        context.TryGetPayload<RabbitMqBasicConsumeContext>(out var rabbit) ? rabbit.Properties : null;

    /// <summary>Its facts.</summary>
    /// <param name="receive">The transport's view.</param>
    /// <param name="consume">The message's view; null where the body cannot be read.</param>
    public static DeliveryFacts Facts(this ReceiveContext receive, ConsumeContext? consume)
    {
        var properties = receive.AmqpProperties();
        var facts = new DeliveryFacts
        {
            Header = name => Text(receive.TransportHeaders, name),
            PropertyId = properties?.MessageId,
            Timestamp = properties?.IsTimestampPresent() == true ? properties.Timestamp.UnixTime : null,

            // Other transports have no such property.
            Priority = properties?.Priority ?? receive.TransportHeaders.Get(PriorityHeader, default(byte?)) ?? 0,
            Redelivered = receive.Redelivered,
        };

        // For raw JSON, MessageId and SentTime are made up, the one from the other.
        return consume is null or { SerializerContext: SystemTextJsonRawSerializerContext } ? facts : facts with
        {
            EnvelopeHeader = name => Text(consume.Headers, name),
            EnvelopeId = consume.MessageId,
            SentTime = DeliveryFacts.Utc(consume.SentTime),
            ExpirationTime = DeliveryFacts.Utc(consume.ExpirationTime),
        };
    }

    /// <summary>As <see cref="HeaderRoom.Make"/>.</summary>
    public static void MakeRoom(this ReceiveContext context)
    {
        if (context.AmqpProperties()?.Headers is { } headers)
        {
            HeaderRoom.Make(headers);
        }
    }

    private static string? Text(MassTransit.Headers headers, string name) =>
        headers.TryGetHeader(name, out var value) ? DeliveryFacts.Text(value) : null;
}
