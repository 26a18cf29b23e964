using System.Globalization;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;

namespace DiditWorker.IntegrationTests.Secrets;

/// <summary>A broker and a Redis that want TLS and a certificate of the client; the tests themselves reach them without.</summary>
internal sealed class TlsServers : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private TlsServers(string serverFile, DateTimeOffset? until)
    {
        Authority = new(_folder, "authority");
        Other = new(_folder, "other");
        (Certificate, Key) = Authority.IssueServer(serverFile, until);
    }

    public TestAuthority Authority { get; }

    /// <summary>One that signed nothing here.</summary>
    public TestAuthority Other { get; }

    public RabbitMqServer RabbitMq { get; private set; } = null!;

    public RedisServer Redis { get; private set; } = null!;

    private string Certificate { get; }

    private string Key { get; }

    private int RabbitMqPort { get; } = FreePort.Take();

    private int RedisPort { get; } = FreePort.Take();

    public static async Task<TlsServers> StartAsync(DateTimeOffset? until = null)
    {
        var servers = new TlsServers("server", until);
        var address = await TlsListener.AddressAsync();
        servers.RabbitMq = await RabbitMqServer.StartNewAsync(string.Create(CultureInfo.InvariantCulture,
            $"""
            listeners.ssl.1 = {address}:{servers.RabbitMqPort}
            ssl_options.cacertfile = {servers.Authority.CertificateFile}
            ssl_options.certfile = {servers.Certificate}
            ssl_options.keyfile = {servers.Key}
            ssl_options.verify = verify_peer
            ssl_options.fail_if_no_peer_cert = true
            """), new(servers._folder.FullName, servers.RabbitMqPort));
        servers.Redis = await RedisServer.StartNewAsync(
            users: null, new(servers._folder.FullName, servers.RedisPort), "--tls-port", $"{servers.RedisPort}", "--tls-cert-file",
            servers.Certificate, "--tls-key-file", servers.Key,
            "--tls-ca-cert-file", servers.Authority.CertificateFile, "--tls-auth-clients", "yes");
        return servers;
    }

    /// <summary>An arena whose workers use TLS, trust this authority, and show a certificate of it.</summary>
    public async Task<Arena> OpenArenaAsync(TestAuthority? trusted = null, string host = "127.0.0.1", bool shown = true)
    {
        var arena = await Arena.OpenAsync(redis: Redis, rabbitMq: RabbitMq);
        var virtualHost = new Uri(arena.ConnectionString).AbsolutePath;
        arena.Settings["ConnectionStrings:RabbitMq"] =
            $"amqps://{RabbitMqServer.UserName}:{RabbitMqServer.Password}@{host}:{RabbitMqPort}{virtualHost}";
        arena.Settings["ConnectionStrings:Redis"] = $"{host}:{RedisPort},ssl=true";
        var (certificate, key) = Authority.IssueClient("client", "worker-1");
        foreach (var section in (string[])["RabbitMq", "Redis"])
        {
            arena.Settings[section + ":CertificateAuthorityFile"] = (trusted ?? Authority).CertificateFile;
            if (shown)
            {
                arena.Settings[section + ":ClientCertificateFile"] = certificate;
                arena.Settings[section + ":ClientCertificateKeyFile"] = key;
            }
        }

        return arena;
    }

    public async ValueTask DisposeAsync()
    {
        await RabbitMq.DisposeAsync();
        await Redis.DisposeAsync();
        Authority.Dispose();
        Other.Dispose();
        _folder.Dispose();
    }
}
