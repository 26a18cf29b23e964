using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DiditWorker.IntegrationTests.Campaign;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;

namespace DiditWorker.IntegrationTests.Clusters;

/// <summary>
/// Three nodes with <c>deploy/rabbitmq/rabbitmq.conf</c> and its definitions. Clients reach each at a port of 127.0.0.1, the nodes each other at
/// an address of their own, so that packets between two of them can be told from all others.
/// </summary>
internal sealed class RabbitMqCluster : IAsyncDisposable
{
    public const string Queue = "start-verification";
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(3);

    private readonly List<RabbitMqNode> _nodes = [];
    private NativeHost _portMapper = null!;

    public IReadOnlyList<RabbitMqNode> Nodes => _nodes;

    /// <summary>Of the harness, which may do everything; the worker's user is another one.</summary>
    public string ConnectionString => AddressOf(RabbitMqServer.UserName, RabbitMqServer.Password);

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

    public string AddressOf(string user, string password) =>
        $"amqp://{user}:{password}@{string.Join(',', _nodes.Select(node => $"127.0.0.1:{node.AmqpPort}"))}/{Deployed.VirtualHost}";

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
                await Connections.DepthAsync($"amqp://{RabbitMqServer.UserName}:{RabbitMqServer.Password}@127.0.0.1:{node.AmqpPort}/{Deployed.VirtualHost}", Queue);
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

        // The first alone: the others are to find it rather than each make a cluster of its own.
        await _nodes[0].StartAsync();
        await _nodes[0].UntilUpAsync();
        foreach (var node in _nodes.Skip(1))
        {
            await node.StartAsync();
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
                await ClusterWorld.PrintAsync($"the virtual host is {state.GetProperty(node)} on {node} after the import; it is started there");
                await _nodes[0].SendAsync(HttpMethod.Post, $"vhosts/{Deployed.VirtualHost}/start/{node}", new StringContent("", Encoding.UTF8, "application/json"));
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
            async () => (await Task.WhenAll(_nodes.Select(RunningAsync))).All(running => running == _nodes.Count), Bound, "every node sees all of them run");
        using var content = new StringContent(definitions, Encoding.UTF8, "application/json");
        await _nodes[0].SendAsync(HttpMethod.Post, "definitions", content);
        using var all = JsonContent.Create(new { configure = ".*", write = ".*", read = ".*" });
        await _nodes[0].SendAsync(HttpMethod.Put, $"permissions/{Deployed.VirtualHost}/{RabbitMqServer.UserName}", all);
        await StartVirtualHostAsync();
        await UntilWholeAsync();
    }
}

/// <summary>One node of it.</summary>
internal sealed class RabbitMqNode : IAsyncDisposable
{
    // Nodes know each other by it.
    private const string Cookie = "diditworker-tests";
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    private readonly NativeHost _host;
    private readonly HttpClient _management;
    private readonly string _directory = Leftovers.NewDirectory();

    public RabbitMqNode(int number, string epmdPort)
    {
        (Name, Address, AmqpPort) = ($"rabbit{number}@rabbit-{number}", AddressOf(number), FreePort.Take());
        var management = FreePort.Take();
        WriteFiles(management);
        var erlang = $"{{{Address.Replace('.', ',')}}}";
        var environment = NativeRabbitMq.Environment(_directory, Name, AmqpPort.ToString(CultureInfo.InvariantCulture), epmdPort, erlang);
        environment["ERL_INETRC"] = In("inetrc");
        environment["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] += $" -kernel inet_dist_connect_options [{{ip,{erlang}}}]";
        _host = new(_directory, environment, new Command(ServerSource.Find("rabbitmq-server")));
        _management = new() { BaseAddress = new($"http://127.0.0.1:{management}/api/"), Timeout = TimeSpan.FromSeconds(60) };
        _management.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{RabbitMqServer.UserName}:{RabbitMqServer.Password}")));
    }

    public string Name { get; }

    /// <summary>Where the other nodes reach it.</summary>
    public string Address { get; }

    public int AmqpPort { get; }

    public static string AddressOf(int number) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.{10 + number}");

    public Task StartAsync() => _host.StartAsync();

    public Task KillAsync() => _host.KillAsync();

    public async Task UntilUpAsync()
    {
        try
        {
            await Eventually.UntilAsync(async () => (await GetAsync("nodes")).GetArrayLength() > 0, Bound, $"{Name} answers");
        }
        catch (NUnit.Framework.AssertionException exception)
        {
            throw new InvalidOperationException(await _host.LogTailAsync(), exception);
        }
    }

    /// <summary>What the node itself wrote.</summary>
    public string Log()
    {
        using var file = new StreamReader(new FileStream(Path.Combine(In("log"), Name + ".log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return file.ReadToEnd();
    }

    public Task<JsonElement> GetAsync(string path) => _management.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));

    public async Task SendAsync(HttpMethod method, string path, HttpContent content)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        using var response = await _management.SendAsync(request);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
        }
    }

    public async ValueTask DisposeAsync()
    {
        _management.Dispose();
        File.WriteAllText(Path.Combine(ClusterWorld.Folder(), Name + ".log"), Log());
        await _host.DisposeAsync();
    }

    private string In(string name) => Path.Combine(_directory, name);

    [SuppressMessage("Interoperability", "CA1416", Justification = "Native servers run on Linux and macOS only.")]
    private void WriteFiles(int management)
    {
        // One port mapper serves all three here, so their names differ before the @ as well.
        var configuration = Enumerable.Range(1, 3).Aggregate(
            Deployed.Text("rabbitmq/rabbitmq.conf"), (text, n) => text.Replace($"rabbit@rabbit-{n}", $"rabbit{n}@rabbit-{n}", StringComparison.Ordinal));
        File.WriteAllText(In("enabled_plugins"), "[rabbitmq_management].");
        File.WriteAllText(
            In("rabbitmq.conf"),
            $"""
            {configuration}
            management.tcp.ip = 127.0.0.1
            management.tcp.port = {management}
            default_user = {RabbitMqServer.UserName}
            default_pass = {RabbitMqServer.Password}

            """);
        File.WriteAllText(In("inetrc"), string.Concat(Enumerable.Range(1, 3).Select(number =>
            $"{{host,{{{AddressOf(number).Replace('.', ',')}}},[\"rabbit-{number}\"]}}.\n")) + "{lookup,[file,native]}.\n");
        File.WriteAllText(In(".erlang.cookie"), Cookie);
        File.SetUnixFileMode(In(".erlang.cookie"), UnixFileMode.UserRead);
    }
}
