using RabbitMQ.Client;

namespace DiditWorker.Operations.Broker;

/// <summary>RabbitMQ, over one connection that does not recover: a command that lost its broker says so.</summary>
internal sealed class RabbitMqBroker(IConnection connection, string virtualHost, SlowCalls calls, TimeProvider time) : IOperatorBroker
{
    private string Node => $"{connection.Endpoint.HostName}:{connection.Endpoint.Port}";

    /// <inheritdoc />
    public string Place => $"virtual host {virtualHost} of {Node}";

    /// <summary>Connects.</summary>
    /// <exception cref="BrokerException">None of its nodes answers.</exception>
    public static Task<IOperatorBroker> ConnectAsync(
        BrokerAccess access, SlowCalls calls, TimeProvider time, CancellationToken cancellation) =>
        calls.ForAsync(NameOf(access.Address.ToString()), () => BrokerFaults.ToldAsync<IOperatorBroker>(async () =>
            new RabbitMqBroker(
                await BrokerConnection.OpenAsync(access, BrokerConnection.Operator, cancellation), access.Address.VirtualHost, calls,
                time)));

    /// <inheritdoc />
    public Task<IQueueScan?> ScanAsync(string queue, CancellationToken cancellation) =>
        ToldAsync<IQueueScan?>(async () => await QueueScan.OpenAsync(connection, queue, time, cancellation));

    /// <inheritdoc />
    public Task<IExactPublisher> OpenPublisherAsync(CancellationToken cancellation) =>
        ToldAsync<IExactPublisher>(async () => await ExactPublisher.OpenAsync(connection, cancellation));

    /// <inheritdoc />
    public Task PublishAsync(string exchange, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellation) =>
        ToldAsync(async () =>
        {
            await using var channel = await BrokerConnection.OpenConfirmingAsync(connection, cancellation);
            await channel.BasicPublishAsync(exchange, "", mandatory: true, properties, body, cancellation);
        });

    /// <inheritdoc />
    public Task<ISubscription> SubscribeAsync(IReadOnlyList<string> exchanges, CancellationToken cancellation) =>
        ToldAsync<ISubscription>(async () => await Subscription.OpenAsync(connection, exchanges, cancellation));

    /// <inheritdoc />
    public Task DeclareParkingAsync(string queue, CancellationToken cancellation) =>
        ToldAsync(() => ParkingQueue.DeclareAsync(connection, queue, cancellation));

    /// <inheritdoc />
    public Task<uint?> DepthAsync(string queue, CancellationToken cancellation) =>
        ToldAsync(async () => (await BrokerConnection.LookAsync(connection, queue, cancellation))?.MessageCount);

    /// <inheritdoc />
    public async Task<bool> MayExistAsync(string queue, CancellationToken cancellation)
    {
        try
        {
            return await DepthAsync(queue, cancellation) is not null;
        }
        catch (BrokerException exception) when (exception.Failure == BrokerFailure.RightRefused)
        {
            return true;
        }
    }

    /// <inheritdoc />
    public Task<bool> HasExchangeAsync(string exchange, CancellationToken cancellation) =>
        ToldAsync(() => BrokerConnection.HasExchangeAsync(connection, exchange, cancellation));

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await ToldAsync(() => connection.DisposeAsync().AsTask());

    private static string NameOf(string node) => $"RabbitMQ at {node}";

    private Task<T> ToldAsync<T>(Func<Task<T>> call) => calls.ForAsync(NameOf(Node), () => BrokerFaults.ToldAsync(call));

    private Task<bool> ToldAsync(Func<Task> call) => ToldAsync(async () =>
    {
        await call();
        return true;
    });
}
