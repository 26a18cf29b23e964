using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace DiditWorker.Operations.Broker;

/// <summary>
/// A pass over a queue of RabbitMQ. On a quorum queue what goes back has its <c>x-delivery-count</c> raised by one before RabbitMQ 4.3, and
/// only its <c>x-acquired-count</c> from then on, unless the connection is lost meanwhile (RabbitMQ docs, "Quorum Queues", poison message
/// handling). The error queue is declared with no limit that this could reach.
/// </summary>
/// <remarks>
/// In memory are few messages that have not been looked at: each consumer has a prefetch, and another one is added as those before are used
/// up. The first ones are small, and later ones as large as the bodies so far allow, up to <see cref="Ahead"/>. A quorum queue takes no
/// prefetch of 0 to mean "all" (it gives 2,000).
/// </remarks>
internal sealed class QueueScan : IQueueScan
{
    private const ushort Ahead = 500;
    private const ushort AheadAtFirst = 4;
    private const int BytesAhead = 32 * 1024 * 1024;
    private const int EmptyLooks = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly IChannel _channel;
    private readonly TimeProvider _time;
    private readonly Channel<BasicDeliverEventArgs> _arrived =
        Channel.CreateUnbounded<BasicDeliverEventArgs>(new() { SingleReader = true });

    private readonly ConcurrentDictionary<ulong, bool> _held = new();
    private long _delivered;
    private readonly List<string> _consumers = [];
    private long _capacity;
    private long _acknowledged;
    private int _ahead = AheadAtFirst;
    private int _largest = 1;

    private QueueScan(IChannel channel, string queue, uint count, TimeProvider time)
    {
        (_channel, Queue, Count, _time) = (channel, queue, count, time);
        channel.ChannelShutdownAsync += (_, why) =>
        {
            _arrived.Writer.TryComplete(
                new BrokerException(BrokerFailure.Closed, $"the broker ended the reading of {queue}: {why.ReplyText}"));
            return Task.CompletedTask;
        };
    }

    /// <inheritdoc />
    public string Queue { get; }

    /// <inheritdoc />
    public uint Count { get; }

    /// <inheritdoc cref="IOperatorBroker.ScanAsync"/>
    public static async Task<QueueScan?> OpenAsync(IConnection connection, string queue, TimeProvider time, CancellationToken cancellation)
    {
        if (await BrokerConnection.LookAsync(connection, queue, cancellation) is not { } found)
        {
            return null;
        }

        return new(await connection.CreateChannelAsync(cancellationToken: cancellation), queue, found.MessageCount, time);
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<(ulong Tag, IReadOnlyBasicProperties Properties, ReadOnlyMemory<byte> Body)> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var read = 0L; read < Count; read++)
        {
            // What was acknowledged has made room for as much again.
            if (read - _acknowledged + (_ahead / 2) >= _capacity)
            {
                await BrokerFaults.ToldAsync(() => AddConsumerAsync(cancellation));
            }

            if (await BrokerFaults.ToldAsync(() => NextAsync(cancellation)) is not { } message)
            {
                yield break;
            }

            yield return (message.DeliveryTag, message.BasicProperties, message.Body);
        }
    }

    /// <inheritdoc />
    public Task AckAsync(ulong tag, CancellationToken cancellation)
    {
        _held.TryRemove(tag, out _);
        _acknowledged++;
        return BrokerFaults.ToldAsync(() => _channel.BasicAckAsync(tag, multiple: false, cancellation).AsTask());
    }

    /// <inheritdoc />
    public Task<long> GrowthAsync(CancellationToken cancellation) => BrokerFaults.ToldAsync(async () =>
        Interlocked.Read(ref _delivered) + (await _channel.QueueDeclarePassiveAsync(Queue, cancellation)).MessageCount - Count);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_channel.IsOpen)
        {
            await BrokerFaults.ToldAsync(CloseAsync);
        }

        await BrokerFaults.ToldAsync(() => _channel.DisposeAsync().AsTask());
    }

    private async Task CloseAsync()
    {
        // Cancelled first, so that nothing that is given back is delivered here again.
        foreach (var consumer in _consumers)
        {
            await _channel.BasicCancelAsync(consumer);
        }

        await GivingBack.RunAsync(_channel, Queue, _held.Keys, _time);
        await _channel.CloseAsync();
    }

    // An empty queue alone does not tell that others have the rest: the last messages may be on their way here.
    private async Task<BasicDeliverEventArgs?> NextAsync(CancellationToken cancellation)
    {
        var empty = 0;
        while (true)
        {
            if (_arrived.Reader.TryRead(out var message))
            {
                return message;
            }

            if (empty == EmptyLooks)
            {
                return null;
            }

            var more = _arrived.Reader.WaitToReadAsync(cancellation).AsTask();
            if (await Task.WhenAny(more, Task.Delay(Pause, _time, cancellation)) == more)
            {
                await more;
            }
            else
            {
                empty = (await _channel.QueueDeclarePassiveAsync(Queue, cancellation)).MessageCount == 0 ? empty + 1 : 0;
            }
        }
    }

    private async Task AddConsumerAsync(CancellationToken cancellation)
    {
        var consumer = new AsyncEventingBasicConsumer(_channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            Interlocked.Increment(ref _delivered);
            _held[message.DeliveryTag] = true;
            _largest = Math.Max(_largest, message.Body.Length);
            _arrived.Writer.TryWrite(message.WithOwnBody());
            return Task.CompletedTask;
        };
        _ahead = _consumers.Count == 0 ? AheadAtFirst : Math.Clamp(BytesAhead / _largest, 1, Math.Min(_ahead * 2, Ahead));
        var tag = _capacity.ToString("D12", CultureInfo.InvariantCulture);
        await _channel.BasicQosAsync(0, (ushort)_ahead, global: false, cancellation);
        await _channel.BasicConsumeAsync(Queue, autoAck: false, tag, consumer, cancellation);
        _consumers.Add(tag);
        _capacity += _ahead;
    }
}
