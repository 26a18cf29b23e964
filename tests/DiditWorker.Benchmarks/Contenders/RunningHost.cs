namespace DiditWorker.Benchmarks.Contenders;

/// <summary>A host that is stopped before it is disposed.</summary>
internal sealed class RunningHost(IHost host) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
