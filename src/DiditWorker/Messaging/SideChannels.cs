using System.Collections.Concurrent;
using DiditWorker.Operations.Broker;
using RabbitMQ.Client;

namespace DiditWorker.Messaging;

/// <summary>
/// Publishes beside the bus, over a connection of its own: whatever the broker refuses ends one channel that nothing else uses, and never
/// the one that messages are taken from.
/// </summary>
internal sealed class SideChannels(BrokerAccess access) : IAsyncDisposable
{
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private readonly ConcurrentBag<IChannel> _idle = [];
    private IConnection? _connection;

    /// <summary>Publishes persistently or not, as the properties say; returns once the broker has it in a queue.</summary>
    /// <exception cref="RabbitMQ.Client.Exceptions.PublishException">It leads to no queue, or the queue refuses it.</exception>
    /// <exception cref="RabbitMQ.Client.Exceptions.OperationInterruptedException">
    /// The broker ended the channel; its words say why.
    /// </exception>
    public async Task PublishAsync(
        string exchange, string routingKey, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var channel = await RentAsync(cancellation);
        try
        {
            await channel.BasicPublishAsync(exchange, routingKey, mandatory: true, properties, body, cancellation);
        }
        finally
        {
            await ReturnAsync(channel);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            await connection.DisposeAsync();
        }

        _connecting.Dispose();
    }

    private async Task<IChannel> RentAsync(CancellationToken cancellation)
    {
        while (_idle.TryTake(out var idle))
        {
            if (idle.IsOpen)
            {
                return idle;
            }

            await idle.DisposeAsync();
        }

        return await BrokerConnection.OpenConfirmingAsync(await ConnectAsync(cancellation), cancellation);
    }

    private async ValueTask ReturnAsync(IChannel channel)
    {
        if (channel.IsOpen)
        {
            _idle.Add(channel);
            return;
        }

        await channel.DisposeAsync();
    }

    private async Task<IConnection> ConnectAsync(CancellationToken cancellation)
    {
        await _connecting.WaitAsync(cancellation);
        try
        {
            if (_connection is { IsOpen: false } lost)
            {
                _connection = null;
                await lost.DisposeAsync();
            }

            return _connection ??= await BrokerConnection.OpenAsync(access, "diditworker answers", cancellation);
        }
        finally
        {
            _connecting.Release();
        }
    }
}
