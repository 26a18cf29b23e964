using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DiditWorker.Operations.Broker;

/// <summary>
/// Publishes to RabbitMQ, and counts the confirms itself. The client library's own tracking of confirms would write a header of its own
/// into every message (<see cref="Constants.PublishSequenceNumberHeader"/>).
/// </summary>
internal sealed class ExactPublisher : IExactPublisher
{
    private readonly IChannel _channel;
    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _open = [];
    private TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AlreadyClosedException? _end;
    private BrokerException? _refusal;
    private int _taken;

    private ExactPublisher(IChannel channel)
    {
        _channel = channel;
        channel.BasicAcksAsync += (_, ack) => Settle(ack.DeliveryTag, ack.Multiple, taken: true);
        channel.BasicNacksAsync += (_, nack) => Settle(nack.DeliveryTag, nack.Multiple, taken: false);
        channel.BasicReturnAsync += (_, returned) => Refuse(new(BrokerFailure.NoQueue, $"{returned.ReplyText}: {returned.RoutingKey}"));
        channel.ChannelShutdownAsync += (_, why) => End(new(why));
    }

    /// <summary>Opens a channel.</summary>
    public static async Task<ExactPublisher> OpenAsync(IConnection connection, CancellationToken cancellation) =>
        new(await connection.CreateChannelAsync(
        new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false), cancellation));

    /// <inheritdoc />
    public async Task PublishAsync(
        string queue, IEnumerable<(BasicProperties Properties, ReadOnlyMemory<byte> Body)> messages, Action<int> taken,
        CancellationToken cancellation)
    {
        (_taken, _refusal) = (0, null);
        try
        {
            await BrokerFaults.ToldAsync(() => SendAsync(queue, messages, cancellation));
        }
        finally
        {
            taken(_taken);
        }

        if (_refusal is { } refusal)
        {
            throw refusal;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await BrokerFaults.ToldAsync(() => _channel.DisposeAsync().AsTask());

    private async Task SendAsync(
        string queue, IEnumerable<(BasicProperties Properties, ReadOnlyMemory<byte> Body)> messages, CancellationToken cancellation)
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

    private Task UntilSettledAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_open.Count == 0)
            {
                return Task.CompletedTask;
            }

            // After the end no confirm comes any more.
            _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _end is null ? _settled.Task.WaitAsync(cancellation) : Task.FromException(_end);
        }
    }

    private Task Settle(ulong number, bool multiple, bool taken)
    {
        lock (_lock)
        {
            var settled = multiple ? _open.RemoveWhere(open => open <= number) : _open.Remove(number) ? 1 : 0;
            _taken += taken ? settled : 0;
            _refusal ??= taken ? null : new(BrokerFailure.MessageRefused, "the queue is full, or cannot store it");
            if (_open.Count == 0)
            {
                _settled.TrySetResult();
            }
        }

        return Task.CompletedTask;
    }

    private Task End(AlreadyClosedException why)
    {
        lock (_lock)
        {
            _end = why;
            _settled.TrySetException(why);
        }

        return Task.CompletedTask;
    }

    // Its confirm follows, and says that it is dealt with.
    private Task Refuse(BrokerException why)
    {
        lock (_lock)
        {
            _refusal ??= why;
            _taken--;
        }

        return Task.CompletedTask;
    }
}
