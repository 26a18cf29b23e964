using RabbitMQ.Client;

namespace DiditWorker.Operations.Broker;

/// <summary>What is published to some exchanges while somebody listens. It is taken away from nobody.</summary>
public interface ISubscription : IAsyncDisposable
{
    /// <summary>The messages as they come, without an end. One reader at a time; reading may be stopped and taken up again.</summary>
    /// <exception cref="BrokerException">The broker ended it.</exception>
    IAsyncEnumerable<(string Exchange, IReadOnlyBasicProperties Properties, ReadOnlyMemory<byte> Body)> ReadAsync(
        CancellationToken cancellation);
}
