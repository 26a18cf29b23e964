using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DiditWorker.Operations.Broker;

/// <summary>The broker did not take a message.</summary>
internal sealed class RefusedException(string message) : Exception(message);

/// <summary>
/// Publishes messages exactly as they are given, and waits for the broker's confirms batch by batch. The client library's own tracking of
/// confirms would write a header of its own into every message (<see cref="Constants.PublishSequenceNumberHeader"/>).
/// </summary>
internal sealed class ExactPublisher : IAsyncDisposable
{
    private readonly IChannel _channel;
    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _open = [];
    private TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _refusal;
    private int _taken;

    private ExactPublisher(IChannel channel)
    {
        _channel = channel;
        channel.BasicAcksAsync += (_, ack) => Settle(ack.DeliveryTag, ack.Multiple, taken: true);
        channel.BasicNacksAsync += (_, nack) => Settle(nack.DeliveryTag, nack.Multiple, taken: false);
        channel.BasicReturnAsync += (_, returned) => Refuse($"{returned.ReplyText}: {returned.RoutingKey}");
        channel.ChannelShutdownAsync += (_, why) =>
        {
            _settled.TrySetException(new AlreadyClosedException(why));
            return Task.CompletedTask;
        };
    }

    /// <summary>Opens a channel.</summary>
    public static async Task<ExactPublisher> OpenAsync(IConnection connection, CancellationToken cancellation) => new(await connection.CreateChannelAsync(
        new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false), cancellation));

    /// <summary>Publishes to one queue.</summary>
    /// <param name="queue">Which.</param>
    /// <param name="messages">What.</param>
    /// <param name="taken">Is told how many the broker has taken, also if it did not take all.</param>
    /// <param name="cancellation">Ends it; what was sent may still be taken.</param>
    /// <exception cref="RefusedException">It refused one, or knows no such queue.</exception>
    public async Task PublishAsync(
        string queue, IEnumerable<(BasicProperties Properties, ReadOnlyMemory<byte> Body)> messages, Action<int> taken, CancellationToken cancellation)
    {
        (_taken, _refusal) = (0, null);
        try
        {
            foreach (var (properties, body) in messages)
            {
                var number = await _channel.GetNextPublishSequenceNumberAsync(cancellation);
                lock (_lock)
                {
                    _open.Add(number);
                }

                await _channel.BasicPublishAsync("", queue, mandatory: true, properties, body, cancellation);
            }

            await UntilSettledAsync(cancellation);
        }
        finally
        {
            taken(_taken);
        }

        if (_refusal is { } refusal)
        {
            throw new RefusedException(refusal);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    private Task UntilSettledAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_open.Count == 0)
            {
                return Task.CompletedTask;
            }

            // After a shutdown it stays failed.
            _settled = _settled.Task.IsFaulted ? _settled : new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _settled.Task.WaitAsync(cancellation);
        }
    }

    private Task Settle(ulong number, bool multiple, bool taken)
    {
        lock (_lock)
        {
            var settled = multiple ? _open.RemoveWhere(open => open <= number) : _open.Remove(number) ? 1 : 0;
            _taken += taken ? settled : 0;
            _refusal ??= taken ? null : "the queue is full, or cannot store it";
            if (_open.Count == 0)
            {
                _settled.TrySetResult();
            }
        }

        return Task.CompletedTask;
    }

    // Its confirm follows, and says that it is dealt with.
    private Task Refuse(string why)
    {
        lock (_lock)
        {
            _refusal ??= why;
            _taken--;
        }

        return Task.CompletedTask;
    }
}
