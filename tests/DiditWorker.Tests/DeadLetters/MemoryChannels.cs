using System.Runtime.CompilerServices;
using System.Threading.Channels;
using DiditWorker.Operations.Broker;
using RabbitMQ.Client;

namespace DiditWorker.Tests.DeadLetters;

/// <summary>A pass over a queue of a <see cref="MemoryBroker"/>.</summary>
internal sealed class MemoryScan(MemoryBroker broker, string queue, List<MemoryMessage> messages) : IQueueScan
{
    private readonly Dictionary<ulong, MemoryMessage> _held = [];
    private ulong _delivered;

    public string Queue => queue;

    public uint Count { get; } = (uint)messages.Count(message => !message.IsHeld);

    public async IAsyncEnumerable<(ulong Tag, IReadOnlyBasicProperties Properties, ReadOnlyMemory<byte> Body)> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (_delivered < Count && messages.Find(message => !message.IsHeld) is { } next)
        {
            cancellation.ThrowIfCancellationRequested();
            broker.Step($"read {next.Id}");
            next.IsHeld = true;
            _held.Add(++_delivered, next);
            yield return (_delivered, next.Delivered(), next.Body);
            await Task.CompletedTask;
        }
    }

    public Task AckAsync(ulong tag, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        broker.Require();
        broker.Step($"ack {_held[tag].Id}");
        _held.Remove(tag, out var message);
        broker.Remove(queue, message!);
        return Task.CompletedTask;
    }

    public Task<long> GrowthAsync(CancellationToken cancellation)
    {
        broker.Require();
        return Task.FromResult((long)_delivered + messages.Count(message => !message.IsHeld) - Count);
    }

    /// <summary>In order, since each keeps its place.</summary>
    public void GiveBack()
    {
        foreach (var (_, message) in _held.OrderBy(held => held.Key))
        {
            broker.Return(message);
        }

        _held.Clear();
    }

    public ValueTask DisposeAsync()
    {
        GiveBack();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Publishes to a <see cref="MemoryBroker"/>: a whole batch, and then says whether one of it was refused.</summary>
internal sealed class MemoryPublisher(MemoryBroker broker) : IExactPublisher
{
    public Task PublishAsync(
        string queue, IEnumerable<(BasicProperties Properties, ReadOnlyMemory<byte> Body)> messages, Action<int> taken,
        CancellationToken cancellation)
    {
        var (count, refusal) = (0, (BrokerException?)null);
        try
        {
            foreach (var (properties, body) in messages)
            {
                cancellation.ThrowIfCancellationRequested();
                var refused = broker.Take(queue, properties, body);
                refusal ??= refused;
                count += refused is null ? 1 : 0;
            }
        }
        finally
        {
            taken(count);
        }

        return refusal is null ? broker.Confirming.WaitAsync(cancellation) : Task.FromException(refusal);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Hears what a <see cref="MemoryBroker"/> broadcasts, at once: its reader goes on before the broadcast returns.</summary>
internal sealed class MemorySubscription(MemoryBroker broker, IReadOnlyList<string> exchanges) : ISubscription
{
    private readonly Channel<(string, IReadOnlyBasicProperties, ReadOnlyMemory<byte>)> _heard =
        Channel.CreateUnbounded<(string, IReadOnlyBasicProperties, ReadOnlyMemory<byte>)>(new() { AllowSynchronousContinuations = true });

    public void Hear(string exchange, BasicProperties properties, byte[] body)
    {
        if (exchanges.Contains(exchange, StringComparer.Ordinal))
        {
            _heard.Writer.TryWrite((exchange, properties, body));
        }
    }

    public void End() => _heard.Writer.TryComplete(new BrokerException(BrokerFailure.Closed, "the broker ended the listening"));

    public IAsyncEnumerable<(string Exchange, IReadOnlyBasicProperties Properties, ReadOnlyMemory<byte> Body)> ReadAsync(
        CancellationToken cancellation)
    {
        broker.Require();
        return _heard.Reader.ReadAllAsync(cancellation);
    }

    public ValueTask DisposeAsync()
    {
        End();
        return ValueTask.CompletedTask;
    }
}
