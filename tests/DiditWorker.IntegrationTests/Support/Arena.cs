using System.Net.Http.Json;
using System.Text.Json;
using DiditWorker.Hosting;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Messaging;
using DiditWorker.Operations.Broker;
using DiditWorker.Simulator;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace DiditWorker.IntegrationTests.Support;

/// <summary>
/// A virtual host of the real broker, a key prefix of the real Redis and a simulator for one test, with as many workers as it likes.
/// </summary>
internal sealed class Arena : IAsyncDisposable
{
    public const string Workflow = "11111111-2222-4333-8444-555555555555";
    public const string ApiKey = "planted-api-key-7f3a";

    private readonly string _name = "t" + NewId.NextGuid().ToString("N");
    private readonly List<IHost> _workers = [];
    private readonly RabbitMqServer _rabbitMq;

    private Arena(RabbitMqServer rabbitMq, RedisServer redis, SimulatorServer didit)
    {
        (_rabbitMq, Redis, Didit) = (rabbitMq, redis, didit);
        ConnectionString = rabbitMq.ConnectionString + _name;
        Settings = new(StringComparer.Ordinal)
        {
            ["ConnectionStrings:RabbitMq"] = ConnectionString,

            // As a user would write it: without the administrator's rights that the tests have.
            ["ConnectionStrings:Redis"] = redis.ConnectionString.Split(',')[0],
            ["Idempotency:KeyPrefix"] = KeyPrefix,
            ["Didit:BaseAddress"] = didit.Address.ToString(),
            ["Didit:ApiKey"] = ApiKey,
            ["Didit:WorkflowId"] = Workflow,
            ["Didit:RequestsPerMinute"] = "600000",
            ["Didit:LookupsPerMinute"] = "600000",
            ["Didit:AttemptTimeout"] = "00:00:02",
            ["Didit:LookupDelay"] = "00:00:00.100",
            ["Didit:RefusedPause"] = "00:00:00.300",
            ["Didit:BreakDuration"] = "00:00:00.500",
        };
    }

    public RedisServer Redis { get; }

    public SimulatorServer Didit { get; }

    public string ConnectionString { get; }

    public string KeyPrefix => _name + ":";

    public RabbitMqServer RabbitMq => _rabbitMq;

    /// <summary>Where <c>dead-letters list --json</c> shows how often a message was read.</summary>
    public string CountOfReadings => _rabbitMq.CountsReturns ? "deliveryCount" : "acquiredCount";

    /// <summary>What the next worker is started with.</summary>
    public Dictionary<string, string?> Settings { get; }

    public TestBroker Broker { get; private set; } = null!;

    /// <summary>What all workers of this process logged.</summary>
    public CapturedLogs Logs { get; } = new();

    /// <summary>For a worker that is killed: what it held is waited for.</summary>
    public void LetLeasesEndSoon()
    {
        Settings["Didit:TotalTimeout"] = "00:00:10";
        Settings["Idempotency:Lease"] = "00:00:12";
    }

    public static async Task<Arena> OpenAsync(RedisServer? redis = null, SimulatorSettings? didit = null, RabbitMqServer? rabbitMq = null)
    {
        rabbitMq ??= await TestServers.RabbitMqAsync();
        var simulator = await SimulatorServer.StartAsync(settings: (didit ?? new()) with { ApiKey = ApiKey });
        var arena = new Arena(rabbitMq, redis ?? await TestServers.RedisAsync(), simulator);
        using var management = rabbitMq.ManagementClient();
        (await management.PutAsJsonAsync($"api/vhosts/{arena._name}", new { })).EnsureSuccessStatusCode();
        arena.Broker = await TestBroker.OpenAsync(arena.ConnectionString);
        await Horizons.NothingWasLostAsync(arena.Redis.ConnectionString, arena.KeyPrefix);
        return arena;
    }

    /// <summary>A policy, or an operator policy.</summary>
    /// <param name="definition">What it sets.</param>
    /// <param name="ofTheOperator">Whether it is one of the operator, which is merged with the other.</param>
    /// <param name="pattern">For which queues; default all.</param>
    /// <returns>Whether the broker knows what is in it.</returns>
    public async Task<bool> TrySetPolicyAsync(Dictionary<string, object> definition, bool ofTheOperator = false, string pattern = ".*")
    {
        using var management = _rabbitMq.ManagementClient();
        var response = await management.PutAsJsonAsync(
            $"api/{(ofTheOperator ? "operator-policies" : "policies")}/{_name}/everything", new Dictionary<string,
            object>(StringComparer.Ordinal)
            {
                ["pattern"] = pattern, ["apply-to"] = "queues", ["priority"] = 0, ["definition"] = definition,
            });
        return response.IsSuccessStatusCode;
    }

    /// <summary>The names of the queues that are there now.</summary>
    public async Task<HashSet<string>> QueuesAsync()
    {
        using var management = _rabbitMq.ManagementClient();
        var queues = await management.GetFromJsonAsync<List<JsonElement>>($"api/queues/{_name}?columns=name");
        return [.. queues!.Select(queue => queue.GetProperty("name").GetString()!)];
    }

    /// <summary>As the worker binds its exchange when it declares.</summary>
    public async Task BindInboxAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = new(ConnectionString) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeBindAsync(TestBroker.Queue, Inbox.Exchange, "");
    }

    public string RedisKey(string requestId) =>
        $"{_name}:{{{DiditWorker.Protocol.IdempotencyKey.Create("start-verification", requestId)}}}";

    /// <summary>Starts a worker in this process, as the service composes it but for the HTTP endpoints.</summary>
    public async Task<IHost> StartWorkerAsync(
        Action<IBusRegistrationContext, IBusFactoryConfigurator>? bus = null, TimeProvider? time = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(Settings);
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs);
        builder.Services.AddDiditWorker(builder.Configuration);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddRabbitMqTransport(bus);
        builder.Services.Configure<MassTransitHostOptions>(options => options.WaitUntilStarted = true);
        var host = builder.Build();
        _workers.Add(host);
        await host.StartAsync();
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.StopAsync();
            worker.Dispose();
        }

        await Broker.DisposeAsync();
        await Didit.DisposeAsync();
        using var management = _rabbitMq.ManagementClient();
        await management.DeleteAsync(new Uri($"api/vhosts/{_name}", UriKind.Relative));
    }
}
