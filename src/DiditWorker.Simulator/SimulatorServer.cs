using DiditWorker.Simulator.Control;
using DiditWorker.Simulator.Didit;

namespace DiditWorker.Simulator;

/// <summary>A stand-in for Didit over real HTTP, in this process: a test double, never part of the service.</summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SimulatorServer(WebApplication app, SimulatorState state)
    {
        _app = app;
        State = state;
        Address = new Uri(_app.Urls.First());
    }

    /// <summary>Where it listens, with the real port.</summary>
    public Uri Address { get; }

    /// <summary>What it holds: settings, sessions, requests and faults.</summary>
    public SimulatorState State { get; }

    /// <summary>Starts a simulator that reads no configuration and leaves the process's signals alone.</summary>
    /// <param name="url">Where to listen; port 0 (default) takes a free one.</param>
    /// <param name="settings">The initial settings, to which a reset returns; default <see cref="SimulatorSettings"/>'s own.</param>
    /// <param name="time">The clock of all times and delays; default the system's.</param>
    /// <returns>The running simulator; dispose it to stop it.</returns>
    /// <exception cref="InvalidInputException">A setting is out of range.</exception>
    public static async Task<SimulatorServer> StartAsync(
        string url = "http://127.0.0.1:0", SimulatorSettings? settings = null, TimeProvider? time = null)
    {
        var state = new SimulatorState(settings ?? new SimulatorSettings(), time ?? TimeProvider.System);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        var started = Build(builder, state);
        await started.StartAsync();
        return new SimulatorServer(started, state);
    }

    /// <summary>Stops it; requests in progress are cut off.</summary>
    /// <returns>A task that ends when the port is free.</returns>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    internal static WebApplication Build(WebApplicationBuilder builder, SimulatorState state)
    {
        builder.Logging.ClearProviders().AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(5));
        var built = builder.Build();
        new DiditApi(state).Map(built);
        new ControlApi(state).Map(built);

        // Otherwise a fault that never answers would hold up the stop for the whole shutdown time.
        built.Lifetime.ApplicationStopping.Register(() => state.World.End());
        return built;
    }

    /// <summary>The simulator must outlive a host in the same process that still drains its work after SIGTERM.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
