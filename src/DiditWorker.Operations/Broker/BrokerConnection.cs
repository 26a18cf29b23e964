using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DiditWorker.Operations.Broker;

/// <summary>
/// A connection to the broker for the operator's commands, and for looking at queues, beside MassTransit: whose messages must stay byte for
/// byte what they are.
/// </summary>
public static class BrokerConnection
{
    /// <summary>What an operator's command calls itself on the broker's list of connections.</summary>
    public const string Operator = "diditworker operator";

    /// <summary>Connects to one of the nodes. It does not recover by itself: a command that lost its broker says so.</summary>
    /// <exception cref="BrokerUnreachableException">None answers.</exception>
    public static Task<IConnection> OpenAsync(BrokerAccess access, string name, CancellationToken cancellation)
    {
        var factory = new ConnectionFactory { VirtualHost = access.Address.VirtualHost, AutomaticRecoveryEnabled = false };
        Configure(factory, access);
        return factory.CreateConnectionAsync(name, cancellation);
    }

    /// <summary>Whom it connects as and where to, as the settings are now, so that no message can end the connection.</summary>
    /// <param name="factory">Of the client library.</param>
    /// <param name="access">Address, user and certificates.</param>
    /// <param name="setApart">As <see cref="DeliveryFrames"/> has it; null: large bodies are held like others.</param>
    internal static void Configure(
        ConnectionFactory factory, BrokerAccess access,
        Func<ReadOnlyBasicProperties, byte[]?, CancellationToken, Task<BasicProperties>>? setApart = null)
    {
        var address = access.Address;
        var node = address.Hosts[0].Host;
        (factory.UserName, factory.Password) = (address.User, address.Password.Reveal());

        // The library ends the connection over a larger one. RabbitMQ 3.x lets 128 MiB through, and can be set to more.
        factory.MaxInboundMessageBodySize = int.MaxValue;
        factory.EndpointResolverFactory = _ => new BrokerNodes(address, next => node = next);
        factory.SocketFactory = family => new BrokerSocket(
            family, address.Tls ? access.Certificates.For(node) : null, new DeliveryFrames(access.MaximumBodySize, setApart));
    }

    /// <summary>A channel whose publishes return once the broker has confirmed.</summary>
    /// <remarks>
    /// A publish throws <see cref="PublishException"/> if the broker refuses the message or, with mandatory, knows no queue for it.
    /// </remarks>
    public static Task<IChannel> OpenConfirmingAsync(IConnection connection, CancellationToken cancellation) =>
        connection.CreateChannelAsync(
        new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellation);

    /// <summary>Declares a durable queue.</summary>
    /// <returns>Null if it is there as declared; if it exists with other arguments, the broker's words on the first that differs.</returns>
    public static async Task<string?> DeclareQueueAsync(
        IConnection connection, string queue, IDictionary<string, object?> arguments, CancellationToken cancellation)
    {
        // On a channel of its own: the broker closes it over other arguments.
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        try
        {
            await channel.QueueDeclareAsync(
                queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellation);
            return null;
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == Constants.PreconditionFailed)
        {
            return exception.ShutdownReason.ReplyText;
        }
    }

    /// <summary>Whether there is such an exchange. From RabbitMQ 4.3 on to ask needs any one right on it.</summary>
    public static Task<bool> HasExchangeAsync(IConnection connection, string exchange, CancellationToken cancellation) => LookAsync(
        connection,
        async channel =>
        {
            await channel.ExchangeDeclarePassiveAsync(exchange, cancellation);
            return true;
        },
        cancellation);

    /// <summary>Messages ready in a queue, and its consumers; null if the queue does not exist.</summary>
    public static Task<QueueDeclareOk?> LookAsync(IConnection connection, string queue, CancellationToken cancellation) =>
        LookAsync(connection, channel => channel.QueueDeclarePassiveAsync(queue, cancellation), cancellation);

    /// <summary>What the broker says that it is; 0.0 if that cannot be read.</summary>
    public static Version VersionOf(IConnection connection) =>
        connection.ServerProperties?.TryGetValue("version", out var said) == true && said is byte[] text
            && Version.TryParse(Encoding.UTF8.GetString(text).Split('-', '+')[0], out var version)
            ? version : new(0, 0);

    // On a channel of its own: the broker closes it if what is looked for is not there.
    private static async Task<T?> LookAsync<T>(IConnection connection, Func<IChannel, Task<T>> look, CancellationToken cancellation)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        try
        {
            return await look(channel);
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return default;
        }
    }
}
