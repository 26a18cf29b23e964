using System.Globalization;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;

namespace DiditWorker.IntegrationTests.Clusters;

/// <summary>A primary with two replicas, and three Sentinels with <c>deploy/redis/sentinel.conf</c>.</summary>
internal sealed class SentinelSetup : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    private readonly List<NativeHost> _sentinels = [];
    private readonly List<int> _ports = [];
    private readonly List<RedisNode> _nodes = [];
    private readonly Deployed _deployed;

    private SentinelSetup(Deployed deployed) => _deployed = deployed;

    /// <summary>For the worker, as its README says it.</summary>
    public string ConnectionString =>
        string.Join(',', _ports.Select(port => $"127.0.0.1:{port}"))
            + $",serviceName=didit,user=diditworker,password={_deployed.Passwords["worker"]}";

    public static async Task<SentinelSetup> StartAsync(Deployed deployed)
    {
        var setup = new SentinelSetup(deployed);
        try
        {
            await setup.StartAsync();
            return setup;
        }
        catch
        {
            await setup.DisposeAsync();
            throw;
        }
    }

    /// <summary>The node that says it is the primary, of those that are not away.</summary>
    public async Task<RedisNode> PrimaryAsync(RedisNode? away = null)
    {
        RedisNode? primary = null;
        await Eventually.UntilAsync(
            async () =>
            {
                foreach (var node in _nodes.Where(node => node != away))
                {
                    primary = (await node.InfoAsync())["role"] == "master" ? node : primary;
                }

                return primary is not null;
            },
            Bound, "a primary");
        return primary!;
    }

    /// <summary>Until a node is a replica that has caught up, and the primary has two.</summary>
    public Task UntilReplicaAsync(RedisNode node) => Eventually.UntilAsync(
        async () =>
        {
            var info = await node.InfoAsync();
            return info["role"] == "slave" && info["master_link_status"] == "up"
                && (await (await PrimaryAsync()).InfoAsync())["connected_slaves"] == "2";
        },
        Bound, "the old primary is a replica");

    public async Task StopSentinelsAsync()
    {
        foreach (var sentinel in _sentinels)
        {
            await sentinel.StopAsync();
        }
    }

    public Task StartSentinelsAsync() => Task.WhenAll(_sentinels.Select(sentinel => sentinel.StartAsync()));

    public async ValueTask DisposeAsync()
    {
        foreach (var sentinel in _sentinels)
        {
            await sentinel.DisposeAsync();
        }

        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private async Task StartAsync()
    {
        var primary = await StartNodeAsync();
        await StartNodeAsync($"replicaof 127.0.0.1 {primary.Port}");
        await StartNodeAsync($"replicaof 127.0.0.1 {primary.Port}");
        await Eventually.UntilAsync(async () => (await primary.InfoAsync())["connected_slaves"] == "2", Bound, "two replicas");
        for (var i = 0; i < 3; i++)
        {
            await StartSentinelAsync(primary);
        }

        await Eventually.UntilAsync(
            async () =>
            {
                await using var sentinel = await StackExchange.Redis.ConnectionMultiplexer.SentinelConnectAsync($"127.0.0.1:{_ports[0]}");
                var seen = await sentinel.GetServers()[0].SentinelMastersAsync();
                var known = seen.Single().ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
                return known["num-other-sentinels"] == "2" && known["num-slaves"] == "2" && known["flags"] == "master";
            },
            Bound, "the Sentinels know each other and the replicas");
    }

    private async Task<RedisNode> StartNodeAsync(params string[] more)
    {
        var node = new RedisNode(_deployed, more);
        _nodes.Add(node);
        await node.StartAsync();
        return node;
    }

    private async Task StartSentinelAsync(RedisNode primary)
    {
        var directory = Leftovers.NewDirectory();
        var port = FreePort.Take();
        var file = Path.Combine(directory, "sentinel.conf");
        var configuration = Deployed.Text("redis/sentinel.conf")
            .Replace("redis-1 6379", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1 {primary.Port}"), StringComparison.Ordinal)
            .Replace("@sentinel@", _deployed.Passwords["sentinel"], StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, $"{configuration}\nbind 127.0.0.1\nport {port}\ndir {directory}\n");
        var sentinel = new NativeHost(directory, [], new Command(ServerSource.Find("redis-sentinel"), file));
        _sentinels.Add(sentinel);
        _ports.Add(port);
        await sentinel.StartAsync();
    }
}
