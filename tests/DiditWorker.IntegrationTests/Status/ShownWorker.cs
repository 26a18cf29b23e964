using DiditWorker.Hosting;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Status;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DiditWorker.IntegrationTests.Status;

/// <summary>
/// A worker's HTTP side with nothing but the status page, which says what a test wants it to say. It can go away and come back.
/// </summary>
internal sealed class ShownWorker(StatusOptions options) : IAsyncDisposable
{
    private readonly int _port = FreePort.Take();
    private WebApplication? _app;
    private int _asked;

    public string Address => $"http://127.0.0.1:{_port}/";

    /// <summary>What it says from now on.</summary>
    public StatusSnapshot Snapshot { get; set; } = Pictured.Healthy();

    /// <summary>Whether it answers with an error instead.</summary>
    public bool Broken { get; set; }

    /// <summary>How often it was asked for its state.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public static async Task<ShownWorker> StartAsync(StatusOptions? options = null)
    {
        var worker = new ShownWorker(options ?? new());
        await worker.StartAgainAsync();
        return worker;
    }

    public async Task StartAgainAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls(Address);
        builder.Services.AddRouting();
        _app = builder.Build();
        _app.UseSecurityHeaders();
        _app.MapStatusPage(options, Read);
        await _app.StartAsync();
    }

    public async Task StopAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await StopAsync();
        }
    }

    private StatusSnapshot Read()
    {
        Interlocked.Increment(ref _asked);
        return Broken ? throw new InvalidOperationException("as the test wants it") : Snapshot with { At = DateTimeOffset.UtcNow };
    }
}
