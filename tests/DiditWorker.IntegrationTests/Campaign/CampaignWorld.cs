using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>All processes of a campaign, and the harness's own connections to them.</summary>
internal sealed class CampaignWorld : IAsyncDisposable
{
    public const string Queue = "start-verification";
    public static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);
    private const string ApiKey = "campaign-api-key";

    private readonly List<IAsyncDisposable> _parts = [];

    private CampaignWorld(CampaignSettings settings)
    {
        Settings = settings;
        History = new(settings.HistoryFile);
        Ledger = new(History);
    }

    public CampaignSettings Settings { get; }

    public History History { get; }

    public Ledger Ledger { get; }

    public RabbitMqServer RabbitMq { get; private set; } = null!;

    public RedisServer Redis { get; private set; } = null!;

    public SimulatorProcess Didit { get; private set; } = null!;

    public IReadOnlyList<Replica> Replicas { get; private set; } = [];

    public CampaignPublisher Publisher { get; private set; } = null!;

    public StrangeTraffic Strange { get; private set; } = null!;

    public static async Task<CampaignWorld> OpenAsync(CampaignSettings settings)
    {
        var world = new CampaignWorld(settings);
        try
        {
            await world.StartAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    public Task<uint> DepthAsync(string queue = Queue) => Connections.DepthAsync(RabbitMq.ConnectionString, queue);

    /// <summary>Until a setting of the server's own start is replaced again: every write is on disk before it is answered.</summary>
    public Task FsyncAlwaysAsync() => OnRedisAsync(server => server.ConfigSetAsync("appendfsync", "always"));

    public async Task OnRedisAsync(Func<IServer, Task> act)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Redis.ConnectionString);
        await act(redis.GetServers()[0]);
    }

    public void StartAll()
    {
        foreach (var replica in Replicas.Where(r => !r.IsRunning))
        {
            replica.Start();
        }
    }

    /// <summary>After a schedule that broke off: everything runs again, and Didit is well.</summary>
    public async Task MendAsync()
    {
        await Redis.PauseAsync(false);
        await Didit.ClearFaultsAsync();
        StartAll();
    }

    public Task KillAllAsync() => Task.WhenAll(Replicas.Select(replica => replica.KillAsync()));

    public Task TerminateAllAsync() => Task.WhenAll(Replicas.Select(replica => replica.TerminateAsync()));

    public Task UntilReadyAsync() => Task.WhenAll(Replicas.Select(replica => replica.UntilReadyAsync()));

    /// <summary>
    /// Until all that was published is answered and nothing is in the queue, nor held by a worker. Publishing must have stopped.
    /// </summary>
    public async Task DrainAsync(TimeSpan bound)
    {
        using var pause = await Strange.PauseAsync();
        var held = 0;
        for (var again = 0; again < 5; again++)
        {
            // What is held is answered, once more if it was before, or parked if it is strange; an empty queue alone only says that
            // a worker has taken it, and to stop that worker at once would bring it back again and again.
            var ended = Ledger.Answers + await Strange.ParkedAsync() + held;
            StartAll();
            await Eventually.UntilAsync(
                async () => Ledger.Answers + await Strange.ParkedAsync() >= ended, bound, $"{held} held deliveries are answered or parked");
            await UntilAnsweredAsync(bound);
            await Eventually.UntilAsync(Strange.AreParkedAsync, bound, $"{Strange.Taken.Count} strange messages are parked");

            // What a worker still holds comes back to the queue when it stops, and only then can be seen.
            await TerminateAllAsync();
            held = (int)await DepthAsync();
            if (held == 0)
            {
                return;
            }

            History.Count("deliveries that came back to the queue when a phase was drained", held);
        }

        throw new InvalidOperationException("Workers hold messages that are answered already, again and again.");
    }

    /// <summary>What is parked gets no answer; the checker reports it.</summary>
    public Task UntilAnsweredAsync(TimeSpan bound) => Eventually.UntilAsync(
        async () => await DepthAsync() == 0 && Ledger.Outstanding <= await Strange.ParkedBesideAsync(),
        bound, "every delivery is answered");

    public async ValueTask DisposeAsync()
    {
        var failures = new List<Exception>();
        foreach (var part in _parts.AsEnumerable().Reverse())
        {
            try
            {
                await part.DisposeAsync();
            }
            catch (Exception exception)
            {
                // The others are to end all the same.
                failures.Add(exception);
            }
        }

        History.Dispose();
        if (failures.Count > 0)
        {
            throw new AggregateException("Not everything could be ended.", failures);
        }
    }

    private async Task StartAsync()
    {
        Didit = Keep(await SimulatorProcess.StartAsync(ApiKey));
        Redis = Keep(await RedisServer.StartNewAsync());
        RabbitMq = Keep(await RabbitMqServer.StartNewAsync());
        await FsyncAlwaysAsync();
        await Horizons.NothingWasLostAsync(Redis.ConnectionString);
        Strange = new(RabbitMq.ConnectionString, History);
        Publisher = Keep(new CampaignPublisher(RabbitMq.ConnectionString, Ledger, History));
        var inbox = Keep(new AnswerInbox(RabbitMq.ConnectionString, Ledger, History));
        await inbox.Ready.WaitAsync(TimeSpan.FromSeconds(30));
        var log = TextWriter.Synchronized(new StreamWriter(Path.ChangeExtension(Settings.HistoryFile, ".workers.log")));
        _parts.Add(new Closing(log));
        Replicas = [.. new[] { "first", "second" }.Select(name => Keep(new Replica(name, WorkerSettings(), log, History)))];
        StartAll();
        await UntilReadyAsync();
    }

    private T Keep<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Add(part);
        return part;
    }

    private Dictionary<string, string?> WorkerSettings() => new(StringComparer.Ordinal)
    {
        ["ConnectionStrings:RabbitMq"] = RabbitMq.ConnectionString,
        ["ConnectionStrings:Redis"] = Redis.ConnectionString.Split(',')[0],
        ["Didit:BaseAddress"] = Didit.Address.ToString(),
        ["Didit:ApiKey"] = ApiKey,
        ["Didit:WorkflowId"] = "11111111-2222-4333-8444-555555555555",
        ["Didit:RequestsPerMinute"] = "600000",
        ["Didit:LookupsPerMinute"] = "600000",
        ["Didit:AttemptTimeout"] = $"{AttemptTimeout:c}",
        ["Didit:TotalTimeout"] = "00:00:04",

        // Covers the list's lag (up to 0.3 s), work that Didit finishes late (0.2 s), and a busy machine.
        ["Didit:LookupDelay"] = "00:00:01",
        ["Didit:BreakDuration"] = "00:00:00.500",
        ["Didit:RefusedPause"] = "00:00:00.500",
        ["Idempotency:Lease"] = $"{Lease:c}",
        ["StartVerification:MaximumHold"] = "00:00:30",
        ["Logging:LogLevel:Default"] = "Warning",
        ["Logging:LogLevel:DiditWorker"] = "Debug",
    };

    private sealed class Closing(TextWriter writer) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => writer.DisposeAsync();
    }
}
