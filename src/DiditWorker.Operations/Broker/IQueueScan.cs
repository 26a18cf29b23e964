using RabbitMQ.Client;

namespace DiditWorker.Operations.Broker;

/// <summary>
/// One pass over a queue: every message that was ready when it began, in order, each held until the pass is closed. Then what was not
/// acknowledged goes back to its place at the head of the queue.
/// </summary>
public interface IQueueScan : IAsyncDisposable
{
    /// <summary>Which queue.</summary>
    string Queue { get; }

    /// <summary>How many messages were ready when the pass began: what it reads at most.</summary>
    uint Count { get; }

    /// <summary>
    /// The messages, each with the tag that it is acknowledged by. It ends early if others take messages out of the queue.
    /// </summary>
    IAsyncEnumerable<(ulong Tag, IReadOnlyBasicProperties Properties, ReadOnlyMemory<byte> Body)> ReadAsync(CancellationToken cancellation);

    /// <summary>Takes a message out of the queue for good.</summary>
    Task AckAsync(ulong tag, CancellationToken cancellation);

    /// <summary>How many messages have come into the queue since the pass began, as far as others have not taken some out.</summary>
    Task<long> GrowthAsync(CancellationToken cancellation);
}
