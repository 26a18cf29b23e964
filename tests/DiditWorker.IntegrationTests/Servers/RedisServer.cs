using System.Globalization;
using System.Text;
using DotNet.Testcontainers.Builders;
using NUnit.Framework;
using StackExchange.Redis;
using Testcontainers.Redis;

namespace DiditWorker.IntegrationTests.Servers;

/// <summary>A real Redis. It keeps its address, and by its append-only file its data, over a restart.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const string ImageSetting = "DIDITWORKER_TEST_REDIS_IMAGE";
    private const string DefaultImage = "redis:8.0.6-alpine";
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(60);
    private static readonly string[] Persistence = ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"];

    private readonly IServerHost _host;
    private bool _paused;

    private RedisServer(IServerHost host, string endpoint, RedisUsers? users, string[] options)
    {
        _host = host;
        Endpoint = endpoint;
        var password = Array.IndexOf(options, "--requirepass") is >= 0 and var at ? $",password={options[at + 1]}" : "";
        ConnectionString = $"{endpoint},allowAdmin=true{password}"
            + (users is null ? "" : $",user={users.Administrator},password={users.Password}");
    }

    /// <summary>Host and port.</summary>
    public string Endpoint { get; }

    /// <summary>In StackExchange.Redis syntax.</summary>
    public string ConnectionString { get; }

    /// <summary>
    /// Where another server of the same kind reaches it: a container's published port is on this machine's loopback only.
    /// </summary>
    public (string Host, int Port) PeerAddress
    {
        get
        {
            var address = ConnectionString.Split(',')[0].Split(':');
            return _host is ContainerHost container ? (container.IpAddress, 6379)
                : (address[0], int.Parse(address[1], CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Which server it is, with its name.</summary>
    public string Version { get; private set; } = "";

    internal static string Image => Environment.GetEnvironmentVariable(ImageSetting) is { Length: > 0 } value ? value : DefaultImage;

    /// <summary>A server of the caller's own, to stop and freeze at will; the caller disposes it.</summary>
    /// <param name="users">None: whoever connects may do everything.</param>
    /// <param name="tls">What the options speak of.</param>
    /// <param name="options">More of the command line; with a password the tests use it too.</param>
    public static async Task<RedisServer> StartNewAsync(RedisUsers? users = null, TlsListener? tls = null, params string[] options)
    {
        var port = FreePort.Take().ToString(CultureInfo.InvariantCulture);
        var server = (await ServerSource.Current).IsDocker
            ? new RedisServer(Container(port, users, tls, options), $"{ContainerHost.Address}:{port}", users, options)
            : new RedisServer(Native(port, users, options), $"127.0.0.1:{port}", users, options);
        await server.StartAsync();
        return server;
    }

    public async Task StartAsync()
    {
        await _host.StartAsync();
        try
        {
            await Eventually.UntilAsync(AnswersAsync, StartBound, $"Redis at {ConnectionString} answers");
        }
        catch (AssertionException exception)
        {
            var log = await _host.LogTailAsync();
            await _host.DisposeAsync();
            throw new InvalidOperationException($"Redis did not start. Its log ends:\n{log}", exception);
        }
    }

    public async Task StopAsync()
    {
        await PauseAsync(false);
        await _host.StopAsync();
    }

    /// <summary>Freezes or wakes the server: connections stay open and commands get no answer.</summary>
    public async Task PauseAsync(bool paused)
    {
        if (paused == _paused)
            return;
        await _host.PauseAsync(paused);
        _paused = paused;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task<bool> AnswersAsync()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(ConnectionString);
        await redis.GetDatabase().PingAsync();
        var server = (await redis.GetServers()[0].InfoAsync("server")).SelectMany(section => section)
            .ToDictionary(line => line.Key, line => line.Value, StringComparer.Ordinal);

        // Valkey calls itself an old Redis, for clients that ask for nothing else.
        Version = server.TryGetValue("valkey_version", out var valkey) ? $"Valkey {valkey}" : $"Redis {server["redis_version"]}";
        return true;
    }

    /// <summary>
    /// A container of the image. Testcontainers would ask with redis-cli whether it answers, which an image of Valkey need not have: the
    /// caller asks.
    /// </summary>
    internal static RedisBuilder Builder(string port) =>
        ContainerHost.Configure(new RedisBuilder(Image)).WithPortBinding(port, "6379").WithWaitStrategy(Wait.ForUnixContainer());

    private static ContainerHost Container(string port, RedisUsers? users, TlsListener? tls, string[] options)
    {
        var builder = Builder(port);
        builder = tls?.Add(builder) ?? builder;
        string[] arguments = [.. Persistence, .. options];
        return users is null
            ? new(builder.WithCommand(arguments).Build())
            : new(builder.WithResourceMapping(Encoding.UTF8.GetBytes(users.AclFile), "/users.acl")
                .WithCommand([.. arguments, "--aclfile", "/users.acl"]).Build());
    }

    private static NativeHost Native(string port, RedisUsers? users, string[] options)
    {
        var directory = Leftovers.NewDirectory();
        string[] arguments = ["--bind", "127.0.0.1", "--port", port, .. Persistence, .. options];
        if (users is not null)
        {
            File.WriteAllText(Path.Combine(directory, "users.acl"), users.AclFile);
            arguments = [.. arguments, "--aclfile", "users.acl"];
        }

        return new(directory, [], new Command(ServerSource.Find("redis-server"), arguments));
    }
}

/// <summary>An ACL file, and who may do everything by it.</summary>
public sealed record RedisUsers(string AclFile, string Administrator, string Password);
