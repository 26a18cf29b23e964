using StackExchange.Redis;

namespace DiditWorker.Idempotency;

/// <summary>
/// The one connection to Redis. It connects on first use, so that an unreachable Redis does not stop the start, and reconnects by itself.
/// </summary>
public sealed class RedisConnection(string connectionString) : IAsyncDisposable
{
    // The client's own policy grows to 10 s and is random; work is to resume within 10 s of Redis' return.
    private static readonly LinearRetry ReconnectEverySecond = new((int)TimeSpan.FromSeconds(1).TotalMilliseconds);

    private readonly Lazy<Task<ConnectionMultiplexer>> _multiplexer = new(() => ConnectionMultiplexer.ConnectAsync(Options(connectionString)));

    /// <summary>Fails fast while disconnected: the caller decides whether to wait, and for how long.</summary>
    public async ValueTask<IDatabase> DatabaseAsync() => (await _multiplexer.Value).GetDatabase();

    /// <summary>Asks Redis for a sign of life.</summary>
    /// <exception cref="RedisException">It did not answer.</exception>
    public async Task<TimeSpan> PingAsync() => await (await DatabaseAsync()).PingAsync();

    /// <summary>Whether this failure means "Redis could not be asked", so that the same call may succeed later.</summary>
    public static bool IsUnavailable(Exception exception) => exception is RedisException or TimeoutException or ObjectDisposedException;

    /// <summary>The settings that must not be left to the connection string.</summary>
    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    public static ConfigurationOptions Options(string connectionString)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        options.AbortOnConnectFail = false;

        // The client counts INFO among the commands of an administrator; the checks need it, and nothing else of the kind is called.
        options.AllowAdmin = true;
        options.ReconnectRetryPolicy = ReconnectEverySecond;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ClientName ??= "diditworker";
        return options;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_multiplexer.IsValueCreated)
        {
            await (await _multiplexer.Value).DisposeAsync();
        }
    }
}
