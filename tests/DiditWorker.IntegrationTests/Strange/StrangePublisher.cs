using System.Text;
using DiditWorker.IntegrationTests.Support;
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
    public Task<bool> TryPublishAsync(RawProperties properties, byte[] body) => TryPublishAsync(Transport.TopologyFilter.Inbox, "", properties, body);

    /// <summary>Straight into a queue.</summary>
    public Task<bool> TryPublishToAsync(string queue, RawProperties properties, byte[] body) => TryPublishAsync("", queue, properties, body);

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

            // On the same channel, so that what was published before has been dealt with.
            await channel.QueueDeclarePassiveAsync(TestBroker.Queue);
            return true;
        }
        catch (Exception exception) when (exception is OperationInterruptedException or AlreadyClosedException)
        {
            return false;
        }
    }

    // Without the client library's tracking of confirms, which would write headers.
    private async Task<IChannel> ChannelAsync()
    {
        if (_connection is not { IsOpen: true })
        {
            var factory = new ConnectionFactory { Uri = new(connectionString), AutomaticRecoveryEnabled = false };
            (_connection, _channel) = (await factory.CreateConnectionAsync("strange publisher"), null);
        }

        return _channel is { IsOpen: true } ? _channel : _channel = await _connection.CreateChannelAsync();
    }
}
