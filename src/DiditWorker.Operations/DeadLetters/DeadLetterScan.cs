using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using DiditWorker.Operations.Broker;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>
/// One pass over a queue: every message that was ready when it began, in order, each held unacknowledged until the pass is closed. Then
/// what was not acknowledged goes back to its place at the head of the queue. On a quorum queue that raises <c>x-delivery-count</c> by
/// one before RabbitMQ 4.3, and only <c>x-acquired-count</c> from then on, unless the connection is lost meanwhile (RabbitMQ docs,
/// "Quorum Queues", poison message handling). The error queue is declared with no limit that this could reach.
/// </summary>
/// <remarks>
/// In memory are few messages that have not been looked at: each consumer has a prefetch, and another one is added as those before are used
/// up. The first ones are small, and later ones as large as the bodies so far allow, up to <see cref="Ahead"/>. A quorum queue takes no
/// prefetch of 0 to mean "all" (it gives 2,000).
/// </remarks>
public sealed class DeadLetterScan : IAsyncDisposable
{
    private const ushort Ahead = 500;
    private const ushort AheadAtFirst = 4;
    private const int BytesAhead = 32 * 1024 * 1024;
    private const int SortedMap = 32;
    private const int CommandsAtATime = 16;
    private const int MostLooks = 200;
    private const int EmptyLooks = 20;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly IChannel _channel;
    private readonly TimeProvider _time;
    private readonly Channel<BasicDeliverEventArgs> _arrived = Channel.CreateUnbounded<BasicDeliverEventArgs>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<ulong, bool> _held = new();
    private long _delivered;
    private readonly List<string> _consumers = [];
    private long _capacity;
    private long _acknowledged;
    private int _ahead = AheadAtFirst;
    private int _largest = 1;

    private DeadLetterScan(IChannel channel, string queue, uint count, TimeProvider time)
    {
        (_channel, Queue, Count, _time) = (channel, queue, count, time);
        channel.ChannelShutdownAsync += (_, why) =>
        {
            _arrived.Writer.TryComplete(new IOException($"the broker ended the reading of {queue}: {why.ReplyText}"));
            return Task.CompletedTask;
        };
    }

    /// <summary>Which queue.</summary>
    public string Queue { get; }

    /// <summary>How many messages were ready when the pass began: what it reads at most.</summary>
    public uint Count { get; }

    /// <summary>Begins a pass.</summary>
    /// <returns>None if there is no such queue.</returns>
    public static async Task<DeadLetterScan?> OpenAsync(IConnection connection, string queue, TimeProvider time, CancellationToken cancellation)
    {
        if (await BrokerConnection.DepthAsync(connection, queue, cancellation) is not { } count)
        {
            return null;
        }

        return new(await connection.CreateChannelAsync(cancellationToken: cancellation), queue, count, time);
    }

    /// <summary>The messages. It ends early if others take messages out of the queue.</summary>
    /// <exception cref="IOException">The broker closed the channel.</exception>
    public async IAsyncEnumerable<(ulong Tag, IReadOnlyBasicProperties Properties, ReadOnlyMemory<byte> Body)> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var read = 0L; read < Count; read++)
        {
            // What was acknowledged has made room for as much again.
            if (read - _acknowledged + (_ahead / 2) >= _capacity)
            {
                await AddConsumerAsync(cancellation);
            }

            if (await NextAsync(cancellation) is not { } message)
            {
                yield break;
            }

            yield return (message.DeliveryTag, message.BasicProperties, message.Body);
        }
    }

    /// <summary>Takes a message out of the queue for good.</summary>
    public ValueTask AckAsync(ulong tag, CancellationToken cancellation)
    {
        _held.TryRemove(tag, out _);
        _acknowledged++;
        return _channel.BasicAckAsync(tag, multiple: false, cancellation);
    }

    /// <summary>How many messages have come into the queue since the pass began, as far as others have not taken some out.</summary>
    public async Task<long> GrowthAsync(CancellationToken cancellation) =>
        Interlocked.Read(ref _delivered) + (await _channel.QueueDeclarePassiveAsync(Queue, cancellation)).MessageCount - Count;

    /// <summary>Gives back what was not acknowledged, in its order.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_channel.IsOpen)
        {
            // Cancelled first, so that nothing that is given back is delivered here again.
            foreach (var consumer in _consumers)
            {
                await _channel.BasicCancelAsync(consumer);
            }

            await ReturnAsync();
            await _channel.CloseAsync();
        }

        await _channel.DisposeAsync();
    }

    // A quorum queue puts back what comes in one command in the order of an Erlang map, which is sorted only up to 32, and makes one
    // command of what comes while 32 are under way. A channel that is merely closed gives back consumer by consumer in any order.
    private async Task ReturnAsync()
    {
        var returned = 0;
        var alone = true;
        foreach (var commands in _held.Keys.Order().Chunk(SortedMap).Chunk(CommandsAtATime))
        {
            foreach (var tags in commands)
            {
                await _channel.BasicNackAsync(tags[^1], multiple: true, requeue: true);
                returned += tags.Length;
            }

            // If others take them at once, there is nothing to wait for, and no order.
            alone = alone && await AreBackAsync(returned);
        }
    }

    private async Task<bool> AreBackAsync(int count)
    {
        for (var look = 0; look < MostLooks; look++)
        {
            if ((await _channel.QueueDeclarePassiveAsync(Queue)).MessageCount >= count)
            {
                return true;
            }

            await Task.Delay(BetweenLooks, _time);
        }

        return false;
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

            // The body is the library's own memory, which it uses again.
            _arrived.Writer.TryWrite(new BasicDeliverEventArgs(message.ConsumerTag, message.DeliveryTag, message.Redelivered, message.Exchange,
                message.RoutingKey, message.BasicProperties, message.Body.ToArray(), message.CancellationToken));
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
