using DiditWorker.IntegrationTests.Servers;

namespace DiditWorker.IntegrationTests.Monitoring;

/// <summary>The exporter that makes metrics of a Redis.</summary>
internal sealed class RedisExporter : IAsyncDisposable
{
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(30);

    private readonly NativeHost _host;

    private RedisExporter(NativeHost host, string address) => (_host, Address) = (host, address);

    /// <summary>Host and port.</summary>
    public string Address { get; }

    public static async Task<RedisExporter> StartAsync(RedisServer redis)
    {
        var program = Programs.Require(Programs.RedisExporter);
        var address = $"127.0.0.1:{FreePort.Take()}";
        var command =
            new Command(program, "-redis.addr", $"redis://{redis.ConnectionString.Split(',')[0]}", "-web.listen-address", address);
        var exporter = new RedisExporter(new NativeHost(Leftovers.NewDirectory(), [], command), address);
        await exporter._host.StartAsync();
        using var http = new HttpClient();
        await Eventually.UntilAsync(
            async () => (await http.GetStringAsync(new Uri($"http://{address}/metrics")))
                .Contains("redis_up 1", StringComparison.Ordinal), StartBound, "the Redis exporter answers");
        return exporter;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
