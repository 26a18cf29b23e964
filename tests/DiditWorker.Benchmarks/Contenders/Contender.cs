namespace DiditWorker.Benchmarks.Contenders;

/// <summary>Who takes part.</summary>
internal static class Contender
{
    public const string Raw = "raw";
    public const string RawTwoConnections = "raw+connection";
    public const string Worker = "DiditWorker";
    public const string MassTransit = "MassTransit";
    public const string MassTransitOutbox = "MassTransit+outbox";
    public const string Wolverine = "Wolverine";
    public const string WolverineClaim = "Wolverine+claim";

    /// <summary>In the order of the tables.</summary>
    public static IReadOnlyList<string> Names { get; } = [Raw, Worker, MassTransit, MassTransitOutbox, Wolverine, WolverineClaim];

    /// <summary>Those, and what was tried and made no difference.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Names, RawTwoConnections];

    /// <summary>Runs one in this process until it is killed.</summary>
    public static async Task RunAsync(string name)
    {
        var settings = ContenderSettings.FromEnvironment();
        await using var running = name switch
        {
            Raw => await RawContender.StartAsync(settings, connections: 1),
            RawTwoConnections => await RawContender.StartAsync(settings, connections: 2),
            MassTransit => await MassTransitContender.StartAsync(settings, withOutbox: false),
            MassTransitOutbox => await MassTransitContender.StartAsync(settings, withOutbox: true),
            Wolverine => await WolverineContender.StartAsync(settings, typeof(UsualHandler)),
            WolverineClaim => await WolverineContender.StartAsync(settings, typeof(ClaimingHandler)),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "there is no such contender"),
        };
        await Task.Delay(Timeout.Infinite);
    }

    /// <summary>The shipped worker with its defaults and its image's, but for what would hold it back: Didit's limit.</summary>
    public static IReadOnlyDictionary<string, string> WorkerEnvironment(ContenderSettings settings) =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ConnectionStrings__RabbitMq"] = settings.RabbitMq,
            ["ConnectionStrings__Redis"] = settings.Redis,
            ["Didit__BaseAddress"] = settings.Didit.ToString(),
            ["Didit__ApiKey"] = ContenderSettings.ApiKey,
            ["Didit__WorkflowId"] = ContenderSettings.Workflow,
            ["Didit__RequestsPerMinute"] = "10000000",
            ["Didit__LookupsPerMinute"] = "10000000",
            ["StartVerification__Queue"] = settings.Queue,
            ["StartVerification__PrefetchCount"] = $"{settings.Prefetch}",
            ["StartVerification__ConcurrentMessageLimit"] = $"{settings.Concurrency}",
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["DOTNET_GCgen0size"] = "0x1000000",
        };
}
