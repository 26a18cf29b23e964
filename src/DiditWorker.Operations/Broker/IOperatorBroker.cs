using RabbitMQ.Client;

namespace DiditWorker.Operations.Broker;

/// <summary>Connects an operator's command to the broker.</summary>
/// <exception cref="BrokerException">It cannot be reached.</exception>
public delegate Task<IOperatorBroker> ConnectToBroker(CancellationToken cancellation);

/// <summary>
/// All that the operator's commands ask of a broker. Whatever it does not do is a <see cref="BrokerException"/>. Properties and headers are
/// the client library's: a message must stay what it is, value by value.
/// </summary>
public interface IOperatorBroker : IAsyncDisposable
{
    /// <summary>Which broker, for people: the virtual host, and the address of the node.</summary>
    string Place { get; }

    /// <summary>Begins a pass over a queue.</summary>
    /// <returns>Null if there is no such queue.</returns>
    Task<IQueueScan?> ScanAsync(string queue, CancellationToken cancellation);

    /// <summary>Begins to publish into queues.</summary>
    Task<IExactPublisher> OpenPublisherAsync(CancellationToken cancellation);

    /// <summary>Publishes one message to an exchange. Returns once a queue has it.</summary>
    Task PublishAsync(string exchange, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellation);

    /// <summary>
    /// Listens to fanout exchanges. What is published there after this has returned is heard. An exchange that is missing is declared.
    /// </summary>
    Task<ISubscription> SubscribeAsync(IReadOnlyList<string> exchanges, CancellationToken cancellation);

    /// <summary>Declares a queue for dead letters, as the worker does.</summary>
    Task DeclareParkingAsync(string queue, CancellationToken cancellation);

    /// <summary>Counts the messages that are ready in a queue.</summary>
    /// <returns>Null if there is no such queue.</returns>
    Task<uint?> DepthAsync(string queue, CancellationToken cancellation);

    /// <summary>
    /// Whether messages can be published to a queue, as far as the broker tells: from RabbitMQ 4.3 on it tells nothing of a queue on which
    /// the user has no right. Then true, since a publish finds out.
    /// </summary>
    Task<bool> MayExistAsync(string queue, CancellationToken cancellation);

    /// <summary>Whether there is such an exchange. From RabbitMQ 4.3 on to ask needs any one right on it.</summary>
    Task<bool> HasExchangeAsync(string exchange, CancellationToken cancellation);
}
