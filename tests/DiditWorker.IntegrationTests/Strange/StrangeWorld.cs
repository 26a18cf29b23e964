using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using Shouldly;

namespace DiditWorker.IntegrationTests.Strange;

/// <summary>The real service among good requests and strange ones, and what has become of them.</summary>
internal sealed class StrangeWorld : IAsyncDisposable
{
    public const int Good = 20;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private StrangeWorld(Arena arena, WorkerProcess worker) => (Arena, Worker, Publisher) = (arena, worker, new(arena.ConnectionString));

    public Arena Arena { get; }

    public WorkerProcess Worker { get; }

    public StrangePublisher Publisher { get; }

    /// <summary>How many good ones.</summary>
    public int Published { get; private set; }

    public static async Task<StrangeWorld> OpenAsync(Action<Dictionary<string, string?>>? configure = null)
    {
        var arena = await Arena.OpenAsync();
        configure?.Invoke(arena.Settings);
        var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        return new(arena, worker);
    }

    /// <summary>Publishes good ones before and after.</summary>
    public async Task AmongGoodOnesAsync(Func<Task> strange)
    {
        await GoodAsync(Good / 2);
        await strange();
        await GoodAsync(Good / 2);
    }

    public async Task GoodAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"good-{Published++}");
            await Arena.Broker.PublishRawAsync(name, $$"""{"vendorData":"{{name}}"}""");
        }
    }

    /// <summary>Waits until every good one is answered, and so many answers to strange ones came.</summary>
    public async Task UntilAnsweredAsync(int strange)
    {
        await Eventually.UntilAsync(() => Task.FromResult(AnsweredGood == Published), Bound, $"{Published} good ones are answered");
        await Eventually.UntilAsync(
            () => Task.FromResult(Arena.Broker.Answers.Count >= Published + strange), Bound, $"{strange} answers to strange ones");
        await Eventually.UntilAsync(async () => await Arena.Broker.DepthAsync(TestBroker.Queue) == 0, Bound, "nothing loops");
    }

    private int AnsweredGood => Arena.Broker.Created.Select(answer => answer.Text("requestId")!)
        .Where(id => id.StartsWith("good-", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Count();

    /// <summary>What became of one: answers, rejections.</summary>
    public (int Created, int Rejected) Of(string id) => (
        Arena.Broker.Created.Count(answer => answer.Text("requestId") == id),
        Arena.Broker.Rejected.Count(answer => answer.Text("requestId") == id));

    /// <summary>The worker did not lose its connection: it says so itself, and it made as many as at its start.</summary>
    public async Task IsUnharmedAsync()
    {
        Worker.HasExited.ShouldBeFalse();
        (await Worker.HealthAsync("ready")).Body.GetProperty("parts").GetProperty("broker").GetProperty("status").GetString()
            .ShouldBe("Healthy", Worker.Output);

        // The outcome of what nobody thought of.
        Worker.Output.Split('\n').Where(line => line.Contains(": failed (", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    /// <summary>The connection that the worker takes messages from, as the broker names it: by the client's port.</summary>
    public async Task<string> ConnectionAsync()
    {
        using var management = Arena.RabbitMq.ManagementClient();
        string[] names = [];

        // The broker lists a connection some seconds late.
        await Eventually.UntilAsync(
            async () =>
            {
                var all = await management.GetFromJsonAsync<List<JsonElement>>(
                    $"api/vhosts{new Uri(Arena.ConnectionString).AbsolutePath}/connections");
                names = [.. all!.Where(IsTheWorkers).Select(connection => connection.GetProperty("name").GetString()!)];
                return names.Length > 0;
            },
            Bound, "the broker lists the worker's connection");
        return names.ShouldHaveSingleItem();

        static bool IsTheWorkers(JsonElement connection) =>
            connection.TryGetProperty("user_provided_name", out var name) && name.GetString() == "diditworker";
    }

    /// <summary>Names of exchanges in the virtual host, but for the broker's own.</summary>
    public async Task<IReadOnlyList<string>> ExchangesAsync()
    {
        using var management = Arena.RabbitMq.ManagementClient();
        var exchanges = await management.GetFromJsonAsync<List<JsonElement>>(
            "api/exchanges" + new Uri(Arena.ConnectionString).AbsolutePath);
        return [.. exchanges!.Select(exchange => exchange.GetProperty("name").GetString()!)
            .Where(name => name.Length > 0 && !name.StartsWith("amq.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    public async ValueTask DisposeAsync()
    {
        await Publisher.DisposeAsync();
        await Worker.DisposeAsync();
        await Arena.DisposeAsync();
    }
}
