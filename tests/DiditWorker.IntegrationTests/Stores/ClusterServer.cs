using System.Globalization;
using DiditWorker.IntegrationTests.Servers;
using NUnit.Framework;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>
/// Redis Cluster of one node that has all slots: it refuses whatever a real cluster would for crossing slots or undeclared keys.
/// </summary>
internal sealed class ClusterServer : IAsyncDisposable
{
    private const int LastSlot = 16383;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly IServerHost _host;

    private ClusterServer(IServerHost host, string connectionString) => (_host, ConnectionString) = (host, connectionString);

    public string ConnectionString { get; }

    public static async Task<ClusterServer> StartAsync()
    {
        var port = FreePort.Take().ToString(CultureInfo.InvariantCulture);
        var isDocker = (await ServerSource.Current).IsDocker;
        var address = isDocker ? ContainerHost.Address : "127.0.0.1";
        string[] cluster =
            ["--cluster-enabled", "yes", "--save", "", "--cluster-announce-hostname", address, "--cluster-announce-port", port];
        var server = new ClusterServer(isDocker ? Container(port, cluster) : Native(port, cluster), $"{address}:{port},allowAdmin=true");
        await server._host.StartAsync();
        try
        {
            await Eventually.UntilAsync(server.OwnsAllSlotsAsync, Bound, "the node has all slots");
        }
        catch (AssertionException exception)
        {
            var log = await server._host.LogTailAsync();
            await server.DisposeAsync();
            throw new InvalidOperationException($"The cluster did not start. Its log ends:\n{log}", exception);
        }

        return server;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task<bool> OwnsAllSlotsAsync()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(ConnectionString);
        var node = redis.GetServers()[0];
        var state = (string)(await node.ExecuteAsync("CLUSTER", "INFO"))!;
        if (state.Contains("cluster_slots_assigned:0\r", StringComparison.Ordinal))
            await node.ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", 0, LastSlot);
        return state.Contains("cluster_state:ok", StringComparison.Ordinal);
    }

    private static ContainerHost Container(string port, string[] cluster) =>
        new(RedisServer.Builder(port).WithCommand(cluster).Build());

    private static NativeHost Native(string port, string[] cluster)
    {
        var bus = FreePort.Take().ToString(CultureInfo.InvariantCulture);
        string[] arguments = ["--bind", "127.0.0.1", "--port", port, "--cluster-port", bus, .. cluster];
        return new(Leftovers.NewDirectory(), [], new Command(ServerSource.Find("redis-server"), arguments));
    }
}
