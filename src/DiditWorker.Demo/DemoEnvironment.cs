using DiditWorker.Hosting;
using DiditWorker.Messaging;
using DiditWorker.Redis;
using DiditWorker.Simulator;
using MassTransit;

namespace DiditWorker.Demo;

/// <summary>The worker as the service composes it, on what this process embeds or on the real thing.</summary>
public sealed class DemoEnvironment : IAsyncDisposable
{
    private readonly EmbeddedGarnet? _garnet;
    private readonly IHost _host;
    private bool _isStarted;

    private DemoEnvironment(IHost host, SimulatorServer? simulator, EmbeddedGarnet? garnet) =>
        (_host, Simulator, _garnet) = (host, simulator, garnet);

    /// <summary>Null if a real Didit is used.</summary>
    public SimulatorServer? Simulator { get; }

    /// <summary>Publishes requests.</summary>
    public IBus Bus => _host.Services.GetRequiredService<IBus>();

    /// <summary>Starts everything.</summary>
    /// <exception cref="InvalidConfigurationException">An address or a setting is wrong.</exception>
    /// <exception cref="ServerException">A server that was named does not let the demo in.</exception>
    public static async Task<DemoEnvironment> StartAsync(DemoOptions options, AnswerBook book, CancellationToken cancellation)
    {
        var garnet = options.Redis is null ? new EmbeddedGarnet() : null;
        var simulator = options.Didit is null ? await SimulatorServer.StartAsync() : null;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());

        // The table is the output; Logging__LogLevel__Default=Debug shows what the worker says meanwhile.
        builder.Configuration.AddInMemoryCollection([new("Logging:LogLevel:Default", "None")]).AddEnvironmentVariables();
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole();
        builder.Configuration.AddInMemoryCollection(Settings(options, garnet, simulator));
        builder.Services.AddDiditWorker(builder.Configuration);
        if (options.RabbitMq is null)
        {
            builder.Services.AddInMemoryTransport((_, bus) => Collect(bus, book));
        }
        else
        {
            builder.Services.AddRabbitMqTransport((_, bus) => Collect(bus, book));
        }

        builder.Services.Configure<MassTransitHostOptions>(bus => bus.WaitUntilStarted = true);
        var environment = new DemoEnvironment(builder.Build(), simulator, garnet);
        try
        {
            await environment.StartAsync(options, cancellation);
            return environment;
        }
        catch
        {
            await environment.DisposeAsync();
            throw;
        }
    }

    private async Task StartAsync(DemoOptions options, CancellationToken cancellation)
    {
        var servers = new NamedServers(options, _host.Services);
        await servers.CheckAsync(cancellation);
        if (_garnet is not null)
        {
            // It is new, and nothing was sent before.
            await _host.Services.GetRequiredService<Horizon>().NothingWasLostAsync();
        }

        await servers.StartAsync(_host, cancellation);
        _isStarted = true;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_isStarted)
        {
            await _host.StopAsync();
        }

        _host.Dispose();
        if (Simulator is not null)
        {
            await Simulator.DisposeAsync();
        }

        _garnet?.Dispose();
    }

    private static void Collect(IBusFactoryConfigurator bus, AnswerBook book) =>
        bus.ReceiveEndpoint(new TemporaryEndpointDefinition("demo"), endpoint => endpoint.Instance(book));

    private static Dictionary<string, string?> Settings(DemoOptions options, EmbeddedGarnet? garnet, SimulatorServer? simulator)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings:Redis"] = options.Redis ?? garnet!.ConnectionString,

            // Records of an earlier run on a real Redis are none of this one's business.
            ["Idempotency:Scope"] = "demo",
        };
        if (options.RabbitMq is not null)
        {
            settings["ConnectionStrings:RabbitMq"] = options.RabbitMq;
            settings["StartVerification:Queue"] = "diditworker-demo";
        }

        if (simulator is null)
        {
            settings["Didit:BaseAddress"] = options.Didit;
            return settings;
        }

        // The simulator answers at once and its list does not lag: waits made for the real Didit would only slow the demo down.
        settings["Didit:BaseAddress"] = simulator.Address.ToString();
        settings["Didit:ApiKey"] = "demo";
        settings["Didit:WorkflowId"] = "11111111-2222-4333-8444-555555555555";
        settings["Didit:RequestsPerMinute"] = "600000";
        settings["Didit:LookupsPerMinute"] = "600000";
        if (options.Bulk > 0)
        {
            settings["Didit:RequestsPerMinute"] = $"{BulkRun.PerMinute}";
        }

        settings["Didit:AttemptTimeout"] = "00:00:01";
        settings["Didit:LookupDelay"] = "00:00:00.200";
        settings["Didit:BreakDuration"] = "00:00:01";
        return settings;
    }
}
