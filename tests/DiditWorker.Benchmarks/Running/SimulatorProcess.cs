using System.Diagnostics;
using System.Text.Json;
using DiditWorker.Simulator;

namespace DiditWorker.Benchmarks.Running;

/// <summary>The Didit simulator as a process of its own. It hands no session out again by vendor_data, so that each duplicate shows.</summary>
internal sealed class SimulatorProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;

    private SimulatorProcess(Process process, Uri address) => (_process, _http) = (process, new() { BaseAddress = address });

    public Uri Address => _http.BaseAddress!;

    public static async Task<SimulatorProcess> StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SimulatorServer).Assembly.Location, "--urls", "http://127.0.0.1:0"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        start.Environment["Simulator__ReuseByVendorData"] = "false";
        start.Environment["Simulator__RequestLogLimit"] = "1000";
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the simulator did not start");
        return new(process, new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]));
    }

    /// <summary>No sessions, and creates without delay.</summary>
    public async Task ResetAsync()
    {
        using var reset = await _http.PostAsync(new Uri("/simulator/reset", UriKind.Relative), null);
        reset.EnsureSuccessStatusCode();
    }

    /// <summary>What each create takes from now on.</summary>
    public async Task DelayAsync(TimeSpan createDelay)
    {
        using var changed = await _http.PatchAsJsonAsync(new Uri("/simulator/settings", UriKind.Relative), new { createDelay });
        changed.EnsureSuccessStatusCode();
    }

    /// <summary>Sessions made since the reset.</summary>
    public async Task<long> SessionsAsync()
    {
        var summary = await _http.GetFromJsonAsync<JsonElement>(new Uri("/simulator/summary", UriKind.Relative));
        return summary.GetProperty("sessions").GetInt64();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
    }
}
