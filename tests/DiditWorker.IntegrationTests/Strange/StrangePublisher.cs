using System.Text;
using DiditWorker.Operations.Broker;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DiditWorker.IntegrationTests.Strange;

/// <summary>Somebody with the right to publish and no more, who publishes what nobody expects. Publishes go through as they are.</summary>
internal sealed class StrangePublisher(string connectionString) : IAsyncDisposable
{
    private IConnection? _connection;
    private IChannel? _channel;

    public static byte[] Good(string vendorData) => Encoding.UTF8.GetBytes($$"""{"vendorData":"{{vendorData}}"}""");

    /// <returns>Whether the broker took it; if not, it has hurt nobody but its publisher.</returns>
    public Task<bool> TryPublishAsync(RawProperties properties, byte[] body) =>
        TryPublishAsync(Inbox.Exchange, "", properties, body);

    /// <summary>Straight into a queue.</summary>
    public Task<bool> TryPublishToAsync(string queue, RawProperties properties, byte[] body) =>
        TryPublishAsync("", queue, properties, body);

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    private async Task<bool> TryPublishAsync(string exchange, string routingKey, RawProperties properties, byte[] body)
    {
        try
        {
            var channel = await ChannelAsync();
            await channel.BasicPublishAsync(exchange, routingKey, mandatory: true, properties, body);

            // Returns once the queues have it, as a confirm does.
            await channel.TxCommitAsync();
            return true;
        }
        catch (Exception exception) when (exception is OperationInterruptedException or AlreadyClosedException)
        {
            return false;
        }
    }

    // With confirms the client library would write properties of its own.
    private async Task<IChannel> ChannelAsync()
    {
        if (_channel is { IsOpen: true })
        {
            return _channel;
        }

        if (_connection is not { IsOpen: true })
        {
            var factory = new ConnectionFactory { Uri = new(connectionString), AutomaticRecoveryEnabled = false };
            _connection = await factory.CreateConnectionAsync("strange publisher");
        }

        _channel = await _connection.CreateChannelAsync();
        await _channel.TxSelectAsync();
        return _channel;
    }
}
