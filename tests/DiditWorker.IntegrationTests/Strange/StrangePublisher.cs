using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DiditWorker.IntegrationTests.Strange;

/// <summary>Somebody with the right to publish and no more, who publishes what nobody expects. Publishes go through as they are.</summary>
internal sealed class StrangePublisher(string connectionString) : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private IConnection? _connection;
    private IChannel? _channel;
    private TaskCompletionSource<bool> _settled = new();

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
            _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await channel.BasicPublishAsync(exchange, routingKey, mandatory: true, properties, body);
            return await _settled.Task.WaitAsync(Bound);
        }
        catch (Exception exception) when (exception is OperationInterruptedException or AlreadyClosedException)
        {
            return false;
        }
    }

    // Without the client library's tracking of confirms, which would write headers.
    private async Task<IChannel> ChannelAsync()
    {
        if (_channel is { IsOpen: true } open)
        {
            return open;
        }

        if (_connection is not { IsOpen: true })
        {
            var factory = new ConnectionFactory { Uri = new(connectionString), AutomaticRecoveryEnabled = false };
            _connection = await factory.CreateConnectionAsync("strange publisher");
        }

        _channel = await _connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false));
        _channel.BasicAcksAsync += (_, _) => Settle(taken: true);
        _channel.BasicNacksAsync += (_, _) => Settle(taken: false);
        _channel.ChannelShutdownAsync += (_, _) => Settle(taken: false);
        return _channel;

        Task Settle(bool taken)
        {
            _settled.TrySetResult(taken);
            return Task.CompletedTask;
        }
    }
}
