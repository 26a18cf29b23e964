using System.Globalization;
using DiditWorker.Verification;
using MassTransit;
using MassTransit.Context;
using MassTransit.Logging;
using MassTransit.Serialization;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DiditWorker.Messaging;

/// <summary>
/// Answers to response addresses on RabbitMQ. MassTransit would declare the address, on the channel that deliveries come on: what the
/// broker refuses there ends that channel, with every delivery under way, and what it does not refuse stays behind after the requester.
/// </summary>
internal sealed class RabbitMqResponder(StartVerificationOptions options, SideChannels side, TimeProvider time) : IResponder
{
    // A requester that is gone by then leaves nothing behind; the broker knows no longer times than 49 days either.
    private static readonly TimeSpan MaxLife = TimeSpan.FromDays(1);
    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public async Task<string?> RespondAsync<T>(ConsumeContext context, T answer, IPipe<SendContext<T>> pipe)
        where T : class
    {
        if (NameOf(context.ResponseAddress!) is not { } name)
        {
            return "it names no exchange or queue of a requester";
        }

        var send = new MessageSendContext<T>(answer, context.CancellationToken)
        {
            RequestId = context.RequestId,
            ConversationId = context.ConversationId,
            InitiatorId = context.CorrelationId ?? context.RequestId,
            SourceAddress = context.ReceiveContext.InputAddress,
            DestinationAddress = context.ResponseAddress,
            Serializer = SystemTextJsonMessageSerializer.Instance,
        };
        await pipe.Send(send);
        return await PublishAsync(name, PropertiesOf(context, send), send.Body.GetBytes(), context.CancellationToken);
    }

    // The address of a requester that uses MassTransit is an exchange and a queue of one name; of any other, just a queue.
    private async Task<string?> PublishAsync(string name, BasicProperties properties, byte[] body, CancellationToken cancellation) =>
        await RefusalAsync(name, routingKey: "", properties, body, cancellation) is null
            ? null
            : await RefusalAsync(exchange: "", name, properties, body, cancellation);

    private async Task<string?> RefusalAsync(
        string exchange, string routingKey, BasicProperties properties, byte[] body, CancellationToken cancellation)
    {
        try
        {
            await side.PublishAsync(exchange, routingKey, properties, body, cancellation);
            return null;
        }
        catch (RabbitMQ.Client.Exceptions.PublishException exception)
        {
            return exception.IsReturn ? "no queue is there" : "its queue refuses more";
        }
        catch (OperationInterruptedException exception)
            when (exception.ShutdownReason is { Initiator: ShutdownInitiator.Peer, ReplyCode: >= 400 and < 500 } why)
        {
            // Its words name what the requester has named.
            return string.Create(CultureInfo.InvariantCulture, $"the broker refuses it ({why.ReplyCode})");
        }
    }

    private string? NameOf(Uri address)
    {
        try
        {
            var name = new RabbitMqEndpointAddress(new("rabbitmq://localhost/"), address).Name;
            var queue = options.Queue;
            return name.StartsWith("DiditWorker.Contracts:", StringComparison.Ordinal) || name == queue
                || name == options.ErrorQueue || name == options.SkippedQueue ? null : name;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or MassTransitException)
        {
            return null;
        }
    }

    private BasicProperties PropertiesOf<T>(ConsumeContext context, MessageSendContext<T> send)
        where T : class
    {
        var properties = new BasicProperties
        {
            ContentType = send.ContentType.ToString(),
            Persistent = true,
            MessageId = send.MessageId.ToString(),
            CorrelationId = send.CorrelationId.ToString(),
            Headers = send.Headers.GetAll().ToDictionary(header => header.Key, object? (header) => header.Value, StringComparer.Ordinal),
        };
        if (System.Diagnostics.Activity.Current?.Id is { } trace)
        {
            properties.Headers[DiagnosticHeaders.ActivityId] = trace;
        }

        if (context.ExpirationTime is { } end)
        {
            var life = new[] { end.ToUniversalTime() - time.GetUtcNow().UtcDateTime, ShortestLife }.Max();
            properties.Expiration = new[] { life, MaxLife }.Min().TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture);
        }

        return properties;
    }
}

/// <summary>Answers to response addresses as MassTransit does it, on a bus in memory.</summary>
internal sealed class BusResponder : IResponder
{
    /// <inheritdoc />
    public async Task<string?> RespondAsync<T>(ConsumeContext context, T answer, IPipe<SendContext<T>> pipe)
        where T : class
    {
        await context.RespondAsync(answer, pipe);
        return null;
    }
}
