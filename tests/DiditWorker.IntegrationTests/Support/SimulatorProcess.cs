using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Simulator;

namespace DiditWorker.IntegrationTests.Support;

/// <summary>The simulator as a process of its own, controlled over HTTP.</summary>
internal sealed class SimulatorProcess : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly Process _process;
    private readonly HttpClient _http;

    private SimulatorProcess(Process process, string address)
    {
        _process = process;
        _http = new() { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(60) };
    }

    public Uri Address => _http.BaseAddress!;

    /// <param name="apiKey">The only one that it accepts.</param>
    /// <param name="requestLogLimit">Requests that it remembers; none: its own default.</param>
    public static async Task<SimulatorProcess> StartAsync(string apiKey, int? requestLogLimit = null)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Take()}/");
        var start = new ProcessStartInfo("dotnet", [typeof(SimulatorServer).Assembly.Location, "--urls", address])
        {
            UseShellExecute = false,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        start.Environment["Simulator__ApiKey"] = apiKey;

        // Nothing at Didit hides a second session.
        start.Environment["Simulator__ReuseByVendorData"] = "false";
        start.Environment["Simulator__ListReturnsMetadata"] = "false";
        if (requestLogLimit is { } limit)
        {
            start.Environment["Simulator__RequestLogLimit"] = $"{limit}";
        }

        var simulator = new SimulatorProcess(Process.Start(start)!, address);
        await Eventually.UntilAsync(
            async () => (await simulator._http.GetAsync(new Uri("/health", UriKind.Relative)))
                .IsSuccessStatusCode, TimeSpan.FromSeconds(60), "the simulator is up");
        return simulator;
    }

    public async Task ConfigureAsync(HeaderMode header, TimeSpan listLag) =>
        (await _http.PatchAsJsonAsync("simulator/settings", new { header, listLag }, Json)).EnsureSuccessStatusCode();

    /// <summary>Which kind of sessions all workflows make from now on.</summary>
    public async Task MakeBusinessSessionsAsync(bool business) =>
        (await _http.PatchAsJsonAsync("simulator/settings", new JsonObject { ["businessWorkflows"] = business ? "all" : null }))
            .EnsureSuccessStatusCode();

    /// <summary>From now on the account has no sessions of companies: lists of them are refused with this.</summary>
    public async Task RefuseBusinessListsAsync(int status) =>
        (await _http.PatchAsJsonAsync("simulator/settings", new { businessListStatus = status }, Json)).EnsureSuccessStatusCode();

    /// <summary>What each create takes from now on.</summary>
    public async Task DelayAsync(TimeSpan createDelay) =>
        (await _http.PatchAsJsonAsync("simulator/settings", new { createDelay }, Json)).EnsureSuccessStatusCode();

    /// <summary>As it was at its start: no sessions, no requests, no faults, the first settings.</summary>
    public async Task ResetAsync() =>
        (await _http.PostAsync(new Uri("simulator/reset", UriKind.Relative), content: null)).EnsureSuccessStatusCode();

    public async Task<long> AddFaultAsync(FaultRule fault)
    {
        using var response = await _http.PostAsJsonAsync("simulator/faults", fault, Json);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return response.IsSuccessStatusCode ? body.GetProperty("id").GetInt64() : throw new InvalidOperationException(body.GetRawText());
    }

    public async Task RemoveFaultAsync(long id) =>
        (await _http.DeleteAsync(new Uri($"simulator/faults/{id}", UriKind.Relative))).EnsureSuccessStatusCode();

    public async Task ClearFaultsAsync() =>
        (await _http.DeleteAsync(new Uri("simulator/faults", UriKind.Relative))).EnsureSuccessStatusCode();

    public async Task<IReadOnlyList<LoggedRequest>> CreatesAsync(string vendorData) =>
        (await GetAsync<List<LoggedRequest>>($"simulator/requests?operation=create&vendorData={Uri.EscapeDataString(vendorData)}"))!;

    public async Task<IReadOnlyList<string>> RequestLinesAsync(string vendorData) =>
        [.. (await GetAsync<List<JsonElement>>($"simulator/requests?vendorData={Uri.EscapeDataString(vendorData)}"))
            .Select(line => line.GetRawText())];

    public async Task<IReadOnlyList<SimulatedSession>> SessionsAsync() => await GetAsync<List<SimulatedSession>>("simulator/sessions");

    public Task<DuplicateReport> DuplicatesAsync() => GetAsync<DuplicateReport>("simulator/duplicates");

    public async Task<string> SummaryAsync() => (await GetAsync<JsonElement>("simulator/summary")).GetRawText();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _http.Dispose();
    }

    private async Task<T> GetAsync<T>(string path) => (await _http.GetFromJsonAsync<T>(path, Json))!;
}
