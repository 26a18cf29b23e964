using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using DiditWorker.IntegrationTests.Campaign;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;

namespace DiditWorker.IntegrationTests.Clusters;

/// <summary>
/// Three nodes with <c>deploy/rabbitmq/rabbitmq.conf</c> and its definitions. Clients reach each at a port of 127.0.0.1, the nodes each
/// other at an address of their own, so that packets between two of them can be told from all others.
/// </summary>
internal sealed class RabbitMqCluster : IAsyncDisposable
{
    public const string Queue = "start-verification";
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(3);

    private readonly List<RabbitMqNode> _nodes = [];
    private NativeHost _portMapper = null!;

    public IReadOnlyList<RabbitMqNode> Nodes => _nodes;

    public static async Task<RabbitMqCluster> StartAsync(Deployed deployed)
    {
        var cluster = new RabbitMqCluster();
        try
        {
            await cluster.StartNodesAsync();
            await cluster.ImportAsync(deployed.Definitions);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public string AddressOf(string user, string password, RabbitMqNode? without = null)
    {
        var nodes = _nodes.Where(node => node != without).Select(node => $"127.0.0.1:{node.AmqpPort}");
        return $"amqp://{user}:{password}@{string.Join(',', nodes)}/{Deployed.VirtualHost}";
    }

    /// <summary>The node that leads the input queue, asked of any other than one that may be away.</summary>
    public async Task<RabbitMqNode> LeaderAsync(RabbitMqNode? away = null)
    {
        RabbitMqNode? leader = null;
        await Eventually.UntilAsync(
            async () =>
            {
                var queue = await _nodes.First(node => node != away).GetAsync($"queues/{Deployed.VirtualHost}/{Queue}");
                leader = _nodes.FirstOrDefault(node => node.Name == queue.GetProperty("leader").GetString());
                return leader is not null && leader != away;
            },
            Bound, "the queue has a leader");
        return leader!;
    }

    /// <summary>Until all nodes run and every member of the input queue is there.</summary>
    public Task UntilWholeAsync() => Eventually.UntilAsync(
        async () =>
        {
            foreach (var node in _nodes)
            {
                var running = await RunningAsync(node);
                var queue = await node.GetAsync($"queues/{Deployed.VirtualHost}/{Queue}");
                if (running != _nodes.Count || queue.GetProperty("online").GetArrayLength() != _nodes.Count)
                {
                    return false;
                }

                // The virtual host of a node that comes back is up a little later than the node.
                await Connections.DepthAsync(
                    $"amqp://{RabbitMqServer.UserName}:{RabbitMqServer.Password}@127.0.0.1:{node.AmqpPort}/{Deployed.VirtualHost}", Queue);
            }

            return true;
        },
        Bound, "all nodes run, and the queue has a member on each");

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await _portMapper.DisposeAsync();
    }

    private async Task StartNodesAsync()
    {
        var port = FreePort.Take().ToString(CultureInfo.InvariantCulture);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ERL_EPMD_PORT"] = port, ["ERL_EPMD_ADDRESS"] = string.Join(',', Enumerable.Range(1, 3).Select(RabbitMqNode.AddressOf)),
        };
        _portMapper = new(Leftovers.NewDirectory(), environment, new Command(ServerSource.Find("epmd")));
        await _portMapper.StartAsync();
        _nodes.AddRange(Enumerable.Range(1, 3).Select(number => new RabbitMqNode(number, port)));

        // At once: from 4.0 on they agree which of them makes the cluster, and wait for one another; before, each asked for the first one
        // until it was there.
        foreach (var node in _nodes)
        {
            await node.StartAsync();
        }

        foreach (var node in _nodes)
        {
            await node.UntilUpAsync();
        }
    }

    // What `rabbitmqctl restart_vhost` is for: 3.10 may leave a node without it, and then clients of that node are refused.
    private Task StartVirtualHostAsync() => Eventually.UntilAsync(
        async () =>
        {
            var state = (await _nodes[0].GetAsync("vhosts/" + Deployed.VirtualHost)).GetProperty("cluster_state");
            var stopped = state.EnumerateObject().Where(node => node.Value.GetString() != "running").Select(node => node.Name).ToList();
            foreach (var node in stopped)
            {
                await ClusterWorld.PrintAsync(
                    $"the virtual host is {state.GetProperty(node)} on {node} after the import; it is started there");
                await _nodes[0].SendAsync(
                    HttpMethod.Post, $"vhosts/{Deployed.VirtualHost}/start/{node}",
                    new StringContent("", Encoding.UTF8, "application/json"));
            }

            return stopped.Count == 0;
        },
        Bound, "the virtual host runs on every node");

    private static async Task<int> RunningAsync(RabbitMqNode node) =>
        (await node.GetAsync("nodes")).EnumerateArray().Count(seen => seen.GetProperty("running").GetBoolean());

    private async Task ImportAsync(string definitions)
    {
        // A virtual host is started on the nodes that run.
        await Eventually.UntilAsync(
            async () => (await Task.WhenAll(_nodes.Select(RunningAsync)))
                .All(running => running == _nodes.Count), Bound, "every node sees all of them run");
        using var content = new StringContent(definitions, Encoding.UTF8, "application/json");
        await _nodes[0].SendAsync(HttpMethod.Post, "definitions", content);
        using var all = JsonContent.Create(new { configure = ".*", write = ".*", read = ".*" });
        await _nodes[0].SendAsync(HttpMethod.Put, $"permissions/{Deployed.VirtualHost}/{RabbitMqServer.UserName}", all);
        await StartVirtualHostAsync();
        await UntilWholeAsync();
    }
}
