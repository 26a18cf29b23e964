using System.Globalization;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;

namespace DiditWorker.IntegrationTests.Clusters;

/// <summary>Three primaries with a replica each.</summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private const int Slots = 16384;
    private const int Primaries = 3;
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    private readonly List<RedisNode> _nodes = [];
    private readonly Deployed _deployed;

    private RedisCluster(Deployed deployed) => _deployed = deployed;

    /// <summary>The first three are the primaries at the beginning.</summary>
    public IReadOnlyList<RedisNode> Nodes => _nodes;

    /// <summary>For the worker.</summary>
    public string ConnectionString =>
        string.Join(',', _nodes.Select(node => node.Endpoint)) + $",user=diditworker,password={_deployed.Passwords["worker"]}";

    public static async Task<RedisCluster> StartAsync(Deployed deployed)
    {
        var cluster = new RedisCluster(deployed);
        try
        {
            await cluster.StartAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Until every slot is served, as a node sees it that is not away, and as many nodes as wanted are primaries or well replicated.
    /// </summary>
    public Task UntilWholeAsync(RedisNode? away = null) => Eventually.UntilAsync(
        async () =>
        {
            foreach (var node in _nodes.Where(node => node != away))
            {
                var info = (string)(await node.ExecuteAsync("CLUSTER", "INFO"))!;
                if (!info.Contains("cluster_state:ok", StringComparison.Ordinal)
                    || !info.Contains($"cluster_known_nodes:{2 * Primaries}", StringComparison.Ordinal))
                {
                    return false;
                }
            }

            return true;
        },
        Bound, "every slot is served");

    /// <summary>Until a node is a replica whose link is up.</summary>
    public static Task UntilReplicaAsync(RedisNode node) => Eventually.UntilAsync(
        async () => await node.InfoAsync() is var info && info["role"] == "slave"
            && info["master_link_status"] == "up", Bound, "a replica");

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private async Task StartAsync()
    {
        for (var i = 0; i < 2 * Primaries; i++)
        {
            var bus = FreePort.Take();

            // With one replica each, a primary that has just taken over has none, and would take no writes.
            var node = new RedisNode(
                _deployed, "cluster-enabled yes", "cluster-node-timeout 5000", $"cluster-port {bus}", "min-replicas-to-write 0",
                "cluster-announce-ip 127.0.0.1");
            _nodes.Add(node);
            await node.StartAsync();
            if (i > 0)
            {
                await _nodes[0].ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", node.Port, bus);
            }
        }

        for (var i = 0; i < Primaries; i++)
        {
            await _nodes[i].ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", Slots * i / Primaries, (Slots * (i + 1) / Primaries) - 1);
        }

        await UntilWholeAsync();
        for (var i = 0; i < Primaries; i++)
        {
            var primary = ((string)(await _nodes[i].ExecuteAsync("CLUSTER", "MYID"))!).ToString(CultureInfo.InvariantCulture);
            await _nodes[i + Primaries].ExecuteAsync("CLUSTER", "REPLICATE", primary);
            await UntilReplicaAsync(_nodes[i + Primaries]);
        }

        await UntilWholeAsync();
    }
}
