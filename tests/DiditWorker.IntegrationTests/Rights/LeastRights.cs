using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using RabbitMQ.Client;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Rights;

/// <summary>
/// A broker and a Redis that have taken what <c>deploy/rabbitmq/definitions</c> and <c>deploy/redis/users</c> print, a simulator, and a
/// worker process that is the worker's user at both.
/// </summary>
internal sealed class LeastRights : IAsyncDisposable
{
    public const string VirtualHost = Deployed.VirtualHost;

    private Deployed _deployed = null!;
    private readonly List<IConnection> _connections = [];

    public RabbitMqServer RabbitMq { get; private set; } = null!;

    public RedisServer Redis { get; private set; } = null!;

    public SimulatorProcess Didit { get; private set; } = null!;

    public WorkerProcess Worker { get; private set; } = null!;

    public static async Task<LeastRights> StartAsync()
    {
        var rights = new LeastRights();
        var deployed = rights._deployed = await Deployed.MakeAsync();
        rights.RabbitMq = await TestServers.RabbitMqAsync();
        await rights.ImportAsync(deployed.Definitions);
        rights.Redis = await RedisServer.StartNewAsync(new(deployed.AclFile, "admin", deployed.Passwords["admin"]));
        rights.Didit = await SimulatorProcess.StartAsync(Arena.ApiKey);
        rights.Worker = WorkerProcess.Start(rights.SettingsOf("worker"));
        await rights.Worker.UntilReadyAsync();
        return rights;
    }

    /// <summary>What somebody sets who runs the worker, or its commands, as one of the users; nothing else is needed.</summary>
    public Dictionary<string, string?> SettingsOf(string name) => new(StringComparer.Ordinal)
    {
        ["ConnectionStrings:RabbitMq"] = AddressOf(Deployed.UserOf(name), _deployed.Passwords[name]),
        ["ConnectionStrings:Redis"] = RedisOf(name) + ",tiebreaker=,$CONFIG=",
        ["StartVerification:Topology"] = "Expect",
        ["Didit:BaseAddress"] = Didit.Address.ToString(),
        ["Didit:ApiKey"] = Arena.ApiKey,
        ["Didit:WorkflowId"] = Arena.Workflow,
        ["Didit:CreatesPerDay"] = "1000",
    };

    public Task<CommandRun> OperateAsync(params string[] command) =>
        Operating.RunAsync([.. command, .. SettingsOf("operator").Select(setting => $"--{setting.Key}={setting.Value}")]);

    public string AddressOf(string user, string password) =>
        new UriBuilder(RabbitMq.ConnectionString) { UserName = user, Password = password, Path = VirtualHost }.Uri.ToString();

    /// <summary>A channel as one of the users, to be spoilt by what is refused.</summary>
    public async Task<IChannel> ChannelAsync(string name)
    {
        var connection = await new ConnectionFactory
        {
            Uri = new(AddressOf(Deployed.UserOf(name), _deployed.Passwords[name])),
            AutomaticRecoveryEnabled = false
        }.CreateConnectionAsync();
        _connections.Add(connection);
        return await connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
    }

    /// <summary>A channel of the tests' own user, which may do everything.</summary>
    public async Task<IChannel> ChannelAsync()
    {
        var connection = await new ConnectionFactory
        { Uri = new(AddressOf(RabbitMqServer.UserName, RabbitMqServer.Password)) }.CreateConnectionAsync();
        _connections.Add(connection);
        return await connection.CreateChannelAsync();
    }

    public Task<ConnectionMultiplexer> RedisAsync(string name) => ConnectionMultiplexer.ConnectAsync(RedisOf(name) + ",allowAdmin=true");

    public HttpClient Management(string name)
    {
        var client = new HttpClient { BaseAddress = RabbitMq.Management };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Deployed.UserOf(name)}:{_deployed.Passwords[name]}")));
        return client;
    }

    /// <summary>Gives a user rights, each as a pattern.</summary>
    public async Task PermitAsync(string user, string configure, string write, string read)
    {
        using var management = RabbitMq.ManagementClient();
        (await management.PutAsJsonAsync($"api/permissions/{VirtualHost}/{user}", new { configure, write, read }))
            .EnsureSuccessStatusCode();
    }

    /// <summary>Makes a user with these rights, whose password is its name.</summary>
    public async Task AddUserAsync(string user, string configure, string write, string read)
    {
        using var management = RabbitMq.ManagementClient();
        (await management.PutAsJsonAsync("api/users/" + user, new { password = user, tags = "" })).EnsureSuccessStatusCode();
        await PermitAsync(user, configure, write, read);
    }

    public async ValueTask DisposeAsync()
    {
        await Worker.DisposeAsync();
        await Didit.DisposeAsync();
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }

        await Redis.DisposeAsync();
        using var management = RabbitMq.ManagementClient();
        await management.DeleteAsync(new Uri("api/vhosts/" + VirtualHost, UriKind.Relative));
        foreach (var name in (string[])["worker", "publisher", "operator", "monitor"])
        {
            await management.DeleteAsync(new Uri("api/users/" + Deployed.UserOf(name), UriKind.Relative));
        }
    }

    private string RedisOf(string name) => $"{Redis.Endpoint},user={Deployed.UserOf(name)},password={_deployed.Passwords[name]}";

    private async Task ImportAsync(string definitions)
    {
        using var management = RabbitMq.ManagementClient();
        using var content = new StringContent(definitions, Encoding.UTF8, "application/json");
        using var response = await management.PostAsync(new Uri("api/definitions", UriKind.Relative), content);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
        }

        await PermitAsync(RabbitMqServer.UserName, ".*", ".*", ".*");
    }
}
