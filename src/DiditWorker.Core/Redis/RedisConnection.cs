using System.Globalization;
using System.Net;
using System.Net.Security;
using StackExchange.Redis;

namespace DiditWorker.Redis;

/// <summary>
/// The one connection to Redis. It connects on first use, so that an unreachable Redis does not stop the start, and reconnects by itself. A
/// connect that failed is tried again, at most once a second.
/// </summary>
/// <param name="connectionString">In StackExchange.Redis syntax; asked for again at each handshake, for its user and password.</param>
/// <param name="tls">Asked at each handshake that is TLS: how to speak to this host.</param>
/// <param name="time">The clock.</param>
public sealed class RedisConnection(
    Func<string> connectionString, Func<string, SslClientAuthenticationOptions> tls, TimeProvider time) : IAsyncDisposable
{
    // The client's own policy grows to 10 s and is random; work is to resume within 10 s of Redis' return.
    private static readonly LinearRetry ReconnectEverySecond = new((int)TimeSpan.FromSeconds(1).TotalMilliseconds);

    private static readonly TimeSpan BetweenConnects = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<Connected>? _connecting;
    private long _begun;
    private bool _isDisposed;

    /// <param name="connectionString">In StackExchange.Redis syntax; it does not change.</param>
    public RedisConnection(string connectionString)
        : this(() => connectionString, host => new() { TargetHost = host }, TimeProvider.System)
    {
    }

    /// <summary>Fails fast while disconnected: the caller decides whether to wait, and for how long.</summary>
    /// <exception cref="RedisConnectionException">With Sentinel: none answers, they name no primary, or two servers call themselves the
    /// primary.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public async ValueTask<IDatabase> DatabaseAsync()
    {
        var connecting = Connecting();
        var (redis, hasSentinel) = await connecting;
        if (hasSentinel && HasTwoPrimaries(redis))
        {
            Renew(connecting);
            throw Sentinel.NoPrimary("two servers call themselves the primary; the one that Sentinel has replaced must not be asked");
        }

        return redis.GetDatabase();
    }

    /// <summary>Hosts and user, for people.</summary>
    public string Place
    {
        get
        {
            var text = connectionString();
            var hosts = Hosts(text);
            return Options(text).User is { } user ? $"{hosts} (user '{user}')" : hosts;
        }
    }

    /// <summary>Whether a connection is made or calls are open, and how many calls were answered so far.</summary>
    public (bool IsWaiting, long Answered) Progress
    {
        get
        {
            var connecting = Volatile.Read(ref _connecting);
            if (connecting is not { IsCompletedSuccessfully: true })
            {
                return (connecting is { IsCompleted: false }, 0);
            }

            var counters = connecting.Result.Redis.GetCounters();
            return (counters.TotalOutstanding > 0, counters.Interactive.CompletedAsynchronously);
        }
    }

    /// <summary>Asks Redis for a sign of life.</summary>
    /// <exception cref="RedisException">It did not answer.</exception>
    public async Task<TimeSpan> PingAsync() => await (await DatabaseAsync()).PingAsync();

    /// <summary>
    /// Whether this failure means "Redis could not be asked", so that the same call may succeed later. Whatever the server itself refuses
    /// counts, see <see cref="RedisRefusal"/>, and what the client does not send to a replica.
    /// </summary>
    public static bool IsUnavailable(Exception exception) =>
        exception is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException;

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

    /// <summary>Where it is, as <c>host:port[,host:port]</c>; fit for logs.</summary>
    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    public static string Hosts(string connectionString)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        options.SetDefaultPorts();
        return string.Join(',', options.EndPoints.Select(
            end => end is DnsEndPoint name ? string.Create(CultureInfo.InvariantCulture, $"{name.Host}:{name.Port}") : end.ToString()));
    }

    /// <summary>Whether all but user and password is the same.</summary>
    /// <exception cref="ArgumentException">A connection string cannot be read.</exception>
    public static bool DifferOnlyInUser(string one, string other) => WithoutUser(one) == WithoutUser(other);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Task<Connected>? last;
        lock (_lock)
        {
            (last, _isDisposed) = (_connecting, true);
        }

        await DisposeAsync(last);
    }

    private static string WithoutUser(string connectionString)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        (options.User, options.Password) = (null, null);
        return options.ToString(includePassword: true);
    }

    // All callers share one try, and within a second of its begin its failure too.
    private Task<Connected> Connecting()
    {
        if (Volatile.Read(ref _connecting) is { IsCompletedSuccessfully: true } connected && !Volatile.Read(ref _isDisposed))
        {
            return connected;
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var hasFailed = _connecting is { IsCompleted: true, IsCompletedSuccessfully: false };
            return _connecting is null || (hasFailed && IsTime()) ? Connect() : _connecting;
        }
    }

    private bool IsTime() => time.GetElapsedTime(_begun) >= BetweenConnects;

    private Task<Connected> Connect()
    {
        _begun = time.GetTimestamp();
        _connecting = ConnectAsync();
        return _connecting;
    }

    private async Task<Connected> ConnectAsync()
    {
        // Away from the lock and from the caller: the client waits for Sentinel in its thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var options = CurrentOptions.Of(connectionString, tls);
        if (options.ServiceName is not { } service)
        {
            return new(await ConnectionMultiplexer.ConnectAsync(options), HasSentinel: false);
        }

        await Sentinel.CheckAsync(options, service);
        return new(await ConnectionMultiplexer.ConnectAsync(options), HasSentinel: true);
    }

    // The client goes on using the connection to a primary that froze, beside that to the new one. Awake again, it does not know for some
    // seconds that it was replaced, and has none of the records made meanwhile.
    private static bool HasTwoPrimaries(ConnectionMultiplexer multiplexer) =>
        multiplexer.GetServers().Count(server => server is { IsConnected: true, IsReplica: false }) > 1;

    // A new connection asks Sentinel, and has no connection to the old one from before.
    private void Renew(Task<Connected> old)
    {
        lock (_lock)
        {
            if (old != _connecting || _isDisposed || !IsTime())
            {
                return;
            }

            _ = Connect();
        }

        _ = DisposeAsync(old);
    }

    private static async Task DisposeAsync(Task<Connected>? old)
    {
        await (old ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (old is { IsCompletedSuccessfully: true })
        {
            await (await old).Redis.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private readonly record struct Connected(ConnectionMultiplexer Redis, bool HasSentinel);
}
