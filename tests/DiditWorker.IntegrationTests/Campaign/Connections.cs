using DiditWorker.Operations.Broker;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>Connections of the harness: they do not recover by themselves, so that what happened to each message is known.</summary>
internal static class Connections
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    public static Task<IConnection> OpenAsync(string connectionString, string name)
    {
        // As the worker reads it: Uri knows no address of several hosts.
        var address = BrokerAddress.TryParse(connectionString, out var read, out var problem) ? read
            : throw new ArgumentException(problem, nameof(connectionString));
        var factory = new ConnectionFactory
        {
            VirtualHost = address.VirtualHost, UserName = address.User, Password = address.Password.Reveal(),
            AutomaticRecoveryEnabled = false, RequestedHeartbeat = TimeSpan.FromSeconds(5),
        };
        return factory.CreateConnectionAsync(address.Hosts.Select(node => new AmqpTcpEndpoint(node.Host, node.Port)), name)
            .WaitAsync(Bound);
    }

    /// <summary>Closes without caring whether the other side is there.</summary>
    public static async Task CloseAsync(IConnection connection)
    {
        try
        {
            await connection.AbortAsync(TimeSpan.FromSeconds(2));
            await connection.DisposeAsync().AsTask().WaitAsync(Bound);
        }
        catch (Exception exception)
            when (exception is TimeoutException or IOException or OperationInterruptedException or ObjectDisposedException)
        {
            // It is as closed as it will be.
        }
    }

    /// <summary>Messages ready in a queue; 0 where there is none of the name.</summary>
    public static async Task<uint> DepthAsync(string connectionString, string queue)
    {
        await using var connection = await OpenAsync(connectionString, "campaign depth");
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return 0;
        }
    }

    /// <summary>What is parked in a queue: the ids, and why, as headers tell.</summary>
    public static async Task<IReadOnlyList<(string? Id, string Why)>> ParkedAsync(string connectionString, string queue)
    {
        var parked = new List<(string?, string)>();
        var depth = await DepthAsync(connectionString, queue);
        await using var connection = await OpenAsync(connectionString, "campaign parked");
        await using var channel = await connection.CreateChannelAsync();
        while (parked.Count < depth && await channel.BasicGetAsync(queue, autoAck: false) is { } message)
        {
            var why = message.BasicProperties.Headers?.TryGetValue("MT-Fault-Message", out var value) == true && value is byte[] text
                ? System.Text.Encoding.UTF8.GetString(text)
                : "no MT-Fault-Message";
            parked.Add((message.BasicProperties.MessageId, $"{queue}: {message.BasicProperties.MessageId}: {why}"));
        }

        return parked;
    }
}
