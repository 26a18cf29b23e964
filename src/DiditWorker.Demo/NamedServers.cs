using DiditWorker.Operations.Broker;
using DiditWorker.Redis;
using MassTransit;
using RabbitMQ.Client.Exceptions;

namespace DiditWorker.Demo;

/// <summary>The text, for the person at the terminal, says which server, why, and what to check.</summary>
public sealed class ServerException(string message) : Exception(message);

/// <summary>
/// Whether the broker and the Redis that were named let the demo in. The worker waits for them as long as it takes, and says so on
/// <c>/health/ready</c>; a person who waits for a table would see nothing.
/// </summary>
internal sealed class NamedServers(DemoOptions options, IServiceProvider services)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(9);

    // To declare its queues takes longer than to log in. All in all 30 s are not exceeded.
    private static readonly TimeSpan BusPatience = TimeSpan.FromSeconds(11);

    private BrokerAccess Access => services.GetRequiredService<BrokerAccess>();

    private string Broker => $"RabbitMQ at {Access.Address}, virtual host {Access.Address.VirtualHost},";

    /// <summary>Tries both.</summary>
    /// <exception cref="ServerException">One of them does not let the demo in.</exception>
    public async Task CheckAsync(CancellationToken cancellation)
    {
        if (options.RabbitMq is not null)
        {
            await CheckRabbitMqAsync(cancellation);
        }

        if (options.Redis is not null)
        {
            await CheckRedisAsync(cancellation);
        }
    }

    /// <summary>Starts what waits for the broker.</summary>
    /// <exception cref="ServerException">It waits too long.</exception>
    public async Task StartAsync(IHost host, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(options.RabbitMq is null ? Timeout.InfiniteTimeSpan : BusPatience);
        try
        {
            await host.StartAsync(patience.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ConnectionException
            && !cancellation.IsCancellationRequested)
        {
            var words = exception.GetBaseException() is OperationInterruptedException { ShutdownReason: { } reason }
                ? $" ({reason.ReplyText})" : "";
            throw new ServerException(
                $"--rabbitmq: {Broker} lets user '{Access.Address.User}' in, but not to its queues{words}; grant the right to configure, "
                + "write and read (rabbitmqctl set_permissions), or look at the broker's log.");
        }
    }

    private async Task CheckRabbitMqAsync(CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            await BrokerFaults.ToldAsync(async () =>
            {
                await using var connection = await BrokerConnection.OpenAsync(Access, "diditworker demo", patience.Token);

                // The broker's word on the virtual host comes after the connection is there.
                await using var channel = await connection.CreateChannelAsync(cancellationToken: patience.Token);
            });
        }
        catch (Exception exception) when (exception is BrokerException or OperationCanceledException
            && !cancellation.IsCancellationRequested)
        {
            throw new ServerException($"--rabbitmq: {Broker} {InWords(exception)}.");
        }
    }

    private string InWords(Exception exception) => exception switch
    {
        BrokerException { Failure: BrokerFailure.LoginRefused } =>
            $"refuses user '{Access.Address.User}' or the password; correct them",
        BrokerException { Failure: BrokerFailure.VirtualHostRefused or BrokerFailure.RightRefused } =>
            $"does not let user '{Access.Address.User}' in ({exception.Message}); correct the virtual host, or give the user rights on it",
        OperationCanceledException => $"did not answer within {Patience.TotalSeconds:0} s; check host and port, and that it runs",
        _ => $"cannot be reached ({exception.Message}{Certificates()}); check host and port, and that it runs",
    };

    private string Certificates() => string.Concat(Access.Certificates.Problems.Select(problem => "; " + problem));

    private async Task CheckRedisAsync(CancellationToken cancellation)
    {
        var where = $"--redis: Redis at {RedisConnection.Hosts(options.Redis!)}";
        try
        {
            await services.GetRequiredService<RedisConnection>().PingAsync().WaitAsync(Patience, TimeProvider.System, cancellation);
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            throw new ServerException(RedisRefusal.Of(exception) is { } refusal
                ? $"{where} refuses it ({refusal.Words}); {refusal.Action}."
                : $"{where} does not answer ({exception.GetType().Name}); check host and port, and that it runs.");
        }
    }
}
