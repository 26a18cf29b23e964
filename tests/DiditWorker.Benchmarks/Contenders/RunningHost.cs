namespace DiditWorker.Benchmarks.Contenders;

/// <summary>A host that runs the steps, and is stopped before it is disposed.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly IHost _host;

    private RunningHost(IHost host) => _host = host;

    /// <summary>Starts one with what is added to it.</summary>
    public static async Task<IAsyncDisposable> StartAsync(ContenderSettings settings, Action<HostApplicationBuilder> add)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(new UsualSteps(settings)).AddSingleton(new ClaimedSteps(settings));
        add(builder);
        var host = builder.Build();
        await host.StartAsync();
        return new RunningHost(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
