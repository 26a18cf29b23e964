using System.Diagnostics;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace DiditWorker.Redis;

/// <summary>
/// The one connection to Redis. It connects on first use, so that an unreachable Redis does not stop the start, and reconnects by itself.
/// </summary>
/// <param name="connectionString">In StackExchange.Redis syntax; asked for again at each handshake, for its user and password.</param>
/// <param name="tls">Asked at each handshake that is TLS: how to speak to this host.</param>
public sealed class RedisConnection(Func<string> connectionString, Func<string, SslClientAuthenticationOptions> tls) : IAsyncDisposable
{
    // The client's own policy grows to 10 s and is random; work is to resume within 10 s of Redis' return.
    private static readonly LinearRetry ReconnectEverySecond = new((int)TimeSpan.FromSeconds(1).TotalMilliseconds);

    private static readonly TimeSpan BetweenRenewals = TimeSpan.FromSeconds(1);

    private readonly Lazy<bool> _isSentinel = new(() => Options(connectionString()).ServiceName is not null);
    private readonly Lock _lock = new();
    private Lazy<Task<ConnectionMultiplexer>> _multiplexer = Connecting(connectionString, tls);
    private long _renewedAt;

    /// <param name="connectionString">In StackExchange.Redis syntax; it does not change.</param>
    public RedisConnection(string connectionString)
        : this(() => connectionString, host => new() { TargetHost = host })
    {
    }

    /// <summary>Fails fast while disconnected: the caller decides whether to wait, and for how long.</summary>
    /// <exception cref="RedisConnectionException">With Sentinel: two servers call themselves the primary.</exception>
    public async ValueTask<IDatabase> DatabaseAsync()
    {
        var connecting = Volatile.Read(ref _multiplexer);
        var multiplexer = await connecting.Value;
        if (_isSentinel.Value && HasTwoPrimaries(multiplexer))
        {
            Renew(connecting);
            throw new RedisConnectionException(
                ConnectionFailureType.UnableToResolvePhysicalConnection, CommandFlags.None, "two servers call themselves the primary; the one that Sentinel has replaced must not be asked",
                innerException: null, CommandStatus.Unknown);
        }

        return multiplexer.GetDatabase();
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

    /// <summary>Whether all but user and password is the same.</summary>
    /// <exception cref="ArgumentException">A connection string cannot be read.</exception>
    public static bool DifferOnlyInUser(string one, string other) => WithoutUser(one) == WithoutUser(other);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_multiplexer.IsValueCreated)
        {
            await (await _multiplexer.Value).DisposeAsync();
        }
    }

    // What the options do not say, the client asks these defaults for, and user and password at each handshake.
    private static ConfigurationOptions ChangingOptions(Func<string> connectionString, Func<string, SslClientAuthenticationOptions> tls)
    {
        var options = Options(connectionString());
        (options.User, options.Password) = (null, null);

        // Other defaults of the host's provider that matter here: Azure's own turns TLS on.
        options.Ssl = options.Ssl;
        options.Defaults = new CurrentUser(connectionString);
        var (protocols, revocation) = (options.SslProtocols ?? SslProtocols.None, options.CheckCertificateRevocation);
        options.SslClientAuthenticationOptions = host =>
        {
            var secured = tls(host);
            secured.EnabledSslProtocols = protocols;
            secured.CertificateRevocationCheckMode = revocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck;
            return secured;
        };
        return options;
    }

    private static string WithoutUser(string connectionString)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        (options.User, options.Password) = (null, null);
        return options.ToString(includePassword: true);
    }

    private static Lazy<Task<ConnectionMultiplexer>> Connecting(Func<string> connectionString, Func<string, SslClientAuthenticationOptions> tls) =>
        new(() => ConnectionMultiplexer.ConnectAsync(ChangingOptions(connectionString, tls)));

    // The client goes on using the connection to a primary that froze, beside that to the new one. Awake again, it does not know for some
    // seconds that it was replaced, and has none of the records made meanwhile.
    private static bool HasTwoPrimaries(ConnectionMultiplexer multiplexer) => multiplexer.GetServers().Count(server => server is { IsConnected: true, IsReplica: false }) > 1;

    // A new connection asks Sentinel, and has no connection to the old one from before.
    private void Renew(Lazy<Task<ConnectionMultiplexer>> old)
    {
        lock (_lock)
        {
            if (old != _multiplexer || (_renewedAt > 0 && Stopwatch.GetElapsedTime(_renewedAt) < BetweenRenewals))
            {
                return;
            }

            _renewedAt = Stopwatch.GetTimestamp();
            _multiplexer = Connecting(connectionString, tls);
        }

        _ = DisposeAsync(old);
    }

    private static async Task DisposeAsync(Lazy<Task<ConnectionMultiplexer>> old) =>
        await (await old.Value).DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private sealed class CurrentUser(Func<string> connectionString) : DefaultOptionsProvider
    {
        public override string? User => ConfigurationOptions.Parse(connectionString()).User;

        public override string? Password => ConfigurationOptions.Parse(connectionString()).Password;
    }
}
