using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Simulator;

/// <summary>Each test has its own simulator, clock and connections.</summary>
public abstract class SimulatorTest
{
    protected const string Workflow = "11111111-2222-3333-4444-555555555555";

    private SimulatorServer _server = null!;

    protected HttpClient Didit { get; private set; } = null!;

    protected SteppedTime Time { get; private set; } = null!;

    protected SimulatorState State => _server.State;

    [SetUp]
    public async Task StartAsync()
    {
        Time = new SteppedTime();
        _server = await SimulatorServer.StartAsync(time: Time);

        // A connection for each request: .NET silently repeats some requests when a pooled one is cut.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.Zero };
        Didit = new HttpClient(handler) { BaseAddress = _server.Address };
    }

    [TearDown]
    public async Task StopAsync()
    {
        Didit.Dispose();
        await _server.DisposeAsync();
    }

    protected static JsonObject Order(string? vendorData = "user-1", string? callback = null, JsonNode? metadata = null) => new()
    {
        ["workflow_id"] = Workflow,
        ["vendor_data"] = vendorData,
        ["callback"] = callback,
        ["metadata"] = metadata,
    };

    protected Task<HttpResponseMessage> CreateAsync(JsonObject? order = null, string? key = null, CancellationToken leave = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v3/session/") { Content = JsonContent.Create(order ?? Order()) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return Didit.SendAsync(request, leave);
    }

    protected async Task<JsonObject> CreatedAsync(JsonObject? order = null, string? key = null)
    {
        using var response = await CreateAsync(order, key);
        ((int)response.StatusCode).ShouldBe(201);
        return await BodyAsync(response);
    }

    protected async Task<string> CreatedIdAsync(JsonObject? order = null, string? key = null) =>
        (string)(await CreatedAsync(order, key))["session_id"]!;

    protected async Task<JsonObject> GetAsync(string path)
    {
        using var response = await Didit.GetAsync(path);
        ((int)response.StatusCode).ShouldBe(200, path);
        return await BodyAsync(response);
    }

    protected async Task<string[]> ListedAsync(string query = "") =>
        [.. (await GetAsync("/v3/sessions/" + query))["results"]!.AsArray().Select(row => (string)row!["session_id"]!)];

    protected static async Task<int> StatusOfAsync(Task<HttpResponseMessage> request)
    {
        using var response = await request;
        return (int)response.StatusCode;
    }

    protected static async Task<JsonObject> BodyAsync(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();

    protected static StringContent JsonText(string text) => new(text, System.Text.Encoding.UTF8, "application/json");

    protected static async Task ShouldRefuseAsync(HttpResponseMessage response, string field, string allowed)
    {
        ((int)response.StatusCode).ShouldBe(400);
        var error = (await BodyAsync(response))["errors"]!.AsObject().ShouldHaveSingleItem();
        error.Key.ShouldBe(field);
        ((string)error.Value!).ShouldContain(allowed);
    }

    protected static async Task EventuallyAsync(Func<bool> condition)
    {
        for (var waited = Stopwatch.StartNew(); !condition(); await Task.Yield())
        {
            waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        }
    }
}
