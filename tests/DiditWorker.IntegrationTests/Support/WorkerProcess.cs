using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using DiditWorker.IntegrationTests.Servers;

namespace DiditWorker.IntegrationTests.Support;

/// <summary>The service as a process of its own: what is shipped, with its exit code, its output and its HTTP endpoints.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    /// <summary>
    /// The environment variable by which the runtime limits the heap of a process, which then ends rather than exceed it.
    /// </summary>
    public const string HeapLimit = "DOTNET_GCHeapHardLimit";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly HttpClient _http;
    private readonly TextWriter? _log;

    private WorkerProcess(Process process, int port, TextWriter? log)
    {
        (_process, _log) = (process, log);
        _http = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Standard output and error so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public bool HasExited => _process.HasExited;

    /// <summary>A value for <see cref="HeapLimit"/>, which is in hexadecimal.</summary>
    public static string HeapLimitOf(int megabytes) => (megabytes * 1024L * 1024).ToString("X", CultureInfo.InvariantCulture);

    /// <param name="settings">Configuration keys; a name without ":" is an environment variable as it stands.</param>
    /// <param name="log">
    /// Takes the output in place of <see cref="Output"/>, for a run that is too long to keep it in memory; thread-safe.
    /// </param>
    /// <param name="program">Another build of the worker, as a path to its <c>diditworker.dll</c>.</param>
    public static WorkerProcess Start(IReadOnlyDictionary<string, string?> settings, TextWriter? log = null, string? program = null)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet", [program ?? typeof(Hosting.WorkerServices).Assembly.Location])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return new(Process.Start(start)!, port, log);
    }

    /// <summary>What an endpoint answers with 200.</summary>
    public Task<string> GetAsync(string path) => _http.GetStringAsync(new Uri(path, UriKind.Relative));

    /// <summary>The address of its endpoints.</summary>
    public Uri Address => _http.BaseAddress!;

    public async Task<(HttpStatusCode Status, JsonElement Body)> HealthAsync(string which)
    {
        using var response = await _http.GetAsync(new Uri($"/health/{which}", UriKind.Relative));
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, body.RootElement.Clone());
    }

    /// <summary>What <c>/health/ready</c> says of Didit.</summary>
    public async Task<string> DiditAsync() =>
        (await HealthAsync("ready")).Body.GetProperty("parts").GetProperty("didit").GetProperty("description").GetString()!;

    /// <summary>Waits until <c>/health/ready</c> says this of Didit.</summary>
    public Task UntilDiditSaysAsync(string text) => Eventually.UntilAsync(
        async () => (await DiditAsync()).Contains(text, StringComparison.Ordinal), Bound, $"/health/ready says of Didit: {text}");

    /// <summary>Waits until this is in <see cref="Output"/>.</summary>
    public Task UntilOutputAsync(string text) => Eventually.UntilAsync(
        () => Task.FromResult(Output.Contains(text, StringComparison.Ordinal)), Bound, $"the worker writes: {text}");

    public async Task<bool> IsLiveAsync()
    {
        try
        {
            return (await HealthAsync("live")).Status == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public Task UntilReadyAsync() => Eventually.UntilAsync(
        async () => (await HealthAsync("ready")).Status == HttpStatusCode.OK, Bound, "the worker is ready");

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    /// <summary>SIGTERM, as an orchestrator sends it.</summary>
    public Task<int> TerminateAsync()
    {
        Signals.Send(_process, Signals.Terminate);
        return ExitAsync();
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Bound);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
        _http.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (_log is not null)
        {
            _log.WriteLine(line.Data);
            return;
        }

        lock (_output)
        {
            _output.AppendLine(CultureInfo.InvariantCulture, $"{line.Data}");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
