using DiditWorker.IntegrationTests.Campaign;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Clusters;

/// <summary>
/// Three workers, with the rights that deploy/ gives them, the simulator, and messages coming in all the time, with repeats: the
/// campaign's, with its ledger and its checker. Nothing at Didit hides a duplicate.
/// </summary>
internal sealed class ClusterWorld : IAsyncDisposable
{
    private const string ApiKey = "clusters-api-key";
    private const double NewMessagesPerSecond = 40;
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(3);

    private readonly CancellationTokenSource _stop = new();
    private readonly string _broker;
    private readonly string _name;
    private readonly TextWriter _log;
    private CampaignPublisher _publisher = null!;
    private AnswerInbox _inbox = null!;
    private Driver _driver = null!;
    private Task _publishing = Task.CompletedTask;

    private ClusterWorld(string name, string broker)
    {
        var directory = Folder();
        (_name, _broker) = (name, broker);
        History = new(Path.Combine(directory, name + ".jsonl"));
        Ledger = new(History);
        _log = TextWriter.Synchronized(new StreamWriter(Path.Combine(directory, name + ".workers.log")));
    }

    public History History { get; }

    public Ledger Ledger { get; }

    public SimulatorProcess Didit { get; private set; } = null!;

    public IReadOnlyList<Replica> Replicas { get; private set; } = [];

    /// <param name="name">Of the files in artifacts/clusters.</param>
    /// <param name="broker">For the harness.</param>
    /// <param name="workerBroker">For the workers.</param>
    /// <param name="redis">For the workers.</param>
    public static async Task<ClusterWorld> OpenAsync(string name, string broker, string workerBroker, string redis)
    {
        var world = new ClusterWorld(name, broker) { Didit = await SimulatorProcess.StartAsync(ApiKey, requestLogLimit: 200_000) };
        await world.Didit.ConfigureAsync(Simulator.HeaderMode.Ignored, TimeSpan.FromMilliseconds(100));
        world._publisher = new(broker, world.Ledger, world.History);
        world._inbox = new(broker, world.Ledger, world.History);
        await world._inbox.Ready.WaitAsync(Bound);
        await Horizons.NothingWasLostAsync(redis);
        var settings = world.Settings(workerBroker, redis);
        world.Replicas =
            [.. new[] { "first", "second", "third" }.Select(replica => new Replica(replica, settings, world._log, world.History))];
        foreach (var replica in world.Replicas)
        {
            replica.Start();
        }

        await Task.WhenAll(world.Replicas.Select(replica => replica.UntilReadyAsync()));
        world._driver = new(seed: 9, world.Ledger, world._publisher, world.History) { Rate = NewMessagesPerSecond };
        world._publishing = world._driver.RunAsync(world._stop.Token);
        await world.UntilMoreAnswersAsync(200);
        return world;
    }

    /// <summary>Until the work goes on again: so many more answers.</summary>
    public Task UntilMoreAnswersAsync(int more)
    {
        var answers = Ledger.Answers + more;
        return Eventually.UntilAsync(
            () => Task.FromResult(Ledger.Answers >= answers), Bound, $"{more} more answers (there are {Ledger.Answers})");
    }

    /// <summary>Stops publishing, waits until everything is answered, and prints and checks what came of it all.</summary>
    public async Task EndAsync(IReadOnlyList<Stall> stalls)
    {
        await _stop.CancelAsync();
        await _publishing;
        await _driver.SetModeAsync(PublishMode.Everything);
        await _driver.FinishAsync();
        await DrainAsync();
        var violations = await new Checker(Ledger, Didit, History, Replicas, new(_broker, History), _broker).RunAsync();
        var entries = Ledger.Entries;
        foreach (var stall in stalls)
        {
            await PrintAsync(
                $"{_name}: {stall}; {entries.Count} messages, {entries.Sum(e => e.Confirmed)} deliveries, {Ledger.Answers} answers in all, "
                + $"{History.Counts.GetValueOrDefault("LOST (no session)")} lost, "
                + $"{History.Counts.GetValueOrDefault("DUPLICATES (more than one session)")} duplicate");
        }

        violations.ShouldBeEmpty(string.Join('\n', violations.Take(20)));
    }

    /// <summary>For people: on the console, and in the file that tests/clusters prints at its end.</summary>
    public static async Task PrintAsync(string line)
    {
        await TestContext.Progress.WriteLineAsync(line);
        await File.AppendAllTextAsync(Path.Combine(Folder(), "figures.txt"), line + "\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _publishing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var part in (IAsyncDisposable[])[.. Replicas, _inbox, _publisher, Didit])
        {
            await part.DisposeAsync();
        }

        _driver.Dispose();
        _stop.Dispose();
        await _log.DisposeAsync();
        History.Dispose();
    }

    // What a worker still holds comes back to the queue when it stops, and only then can be seen.
    private async Task DrainAsync()
    {
        for (var again = 0; again < 5; again++)
        {
            await Eventually.UntilAsync(
                async () => await DepthAsync() == 0
                    && Ledger.Outstanding == 0, Bound, $"every delivery is answered ({Ledger.Outstanding} are not)");
            await Task.WhenAll(Replicas.Select(replica => replica.TerminateAsync()));
            if (await DepthAsync() == 0)
            {
                return;
            }

            foreach (var replica in Replicas)
            {
                replica.Start();
            }
        }

        throw new InvalidOperationException("Workers hold messages that are answered already, again and again.");
    }

    /// <summary>Where the files of the tests go.</summary>
    public static string Folder() =>
        Directory.CreateDirectory(Path.Combine(DiditWorker.Tests.Shared.Repository.Root, "artifacts", "clusters")).FullName;

    private Task<uint> DepthAsync() => Connections.DepthAsync(_broker, RabbitMqCluster.Queue);

    private Dictionary<string, string?> Settings(string broker, string redis) => new(StringComparer.Ordinal)
    {
        ["ConnectionStrings:RabbitMq"] = broker,
        ["ConnectionStrings:Redis"] = redis,
        ["StartVerification:Topology"] = "Expect",
        ["Didit:BaseAddress"] = Didit.Address.ToString(),
        ["Didit:ApiKey"] = ApiKey,
        ["Didit:WorkflowId"] = Arena.Workflow,
        ["Didit:RequestsPerMinute"] = "600000",
        ["Didit:LookupsPerMinute"] = "600000",
        ["Logging:LogLevel:Default"] = "Warning",
        ["Logging:LogLevel:DiditWorker"] = "Debug",
    };
}
