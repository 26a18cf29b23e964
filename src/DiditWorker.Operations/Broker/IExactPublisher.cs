using RabbitMQ.Client;

namespace DiditWorker.Operations.Broker;

/// <summary>Publishes messages exactly as they are given, and waits for the broker's confirms batch by batch.</summary>
public interface IExactPublisher : IAsyncDisposable
{
    /// <summary>Publishes to one queue.</summary>
    /// <param name="queue">Which.</param>
    /// <param name="messages">What.</param>
    /// <param name="taken">Is told how many the broker has taken, also if it did not take all.</param>
    /// <param name="cancellation">Ends it; what was sent may still be taken.</param>
    /// <exception cref="BrokerException">It refused one, or knows no such queue, or is gone.</exception>
    Task PublishAsync(
        string queue, IEnumerable<(BasicProperties Properties, ReadOnlyMemory<byte> Body)> messages, Action<int> taken,
        CancellationToken cancellation);
}
