namespace DiditWorker.Benchmarks.Contenders;

/// <summary>What a contender is told, through environment variables of its process.</summary>
/// <param name="RabbitMq">AMQP URI.</param>
/// <param name="Redis">StackExchange.Redis connection string.</param>
/// <param name="Didit">Where the simulator is.</param>
/// <param name="Queue">Where the messages are; it exists.</param>
/// <param name="Prefetch">Messages handed out ahead of their acknowledgement.</param>
/// <param name="Concurrency">Messages worked on at the same time.</param>
internal sealed record ContenderSettings(string RabbitMq, string Redis, Uri Didit, string Queue, ushort Prefetch, ushort Concurrency)
{
    /// <summary>The exchange of the answers, the same for all.</summary>
    public const string AnswerExchange = "DiditWorker.Contracts:VerificationSessionCreated";

    /// <summary>What the simulator wants to see.</summary>
    public const string ApiKey = "benchmark";

    /// <summary>The workflow of every session.</summary>
    public const string Workflow = "11111111-2222-4333-8444-555555555555";

    private const string Prefix = "BENCHMARK_";

    /// <summary>Of this process.</summary>
    public static ContenderSettings FromEnvironment()
    {
        return new(Get(nameof(RabbitMq)), Get(nameof(Redis)), new Uri(Get(nameof(Didit))), Get(nameof(Queue)), Number(nameof(Prefetch)),
            Number(nameof(Concurrency)));

        static string Get(string name) =>
            Environment.GetEnvironmentVariable(Prefix + name)
                ?? throw new InvalidOperationException($"{Prefix}{name} is not set; contenders are started by the benchmark");

        static ushort Number(string name) => ushort.Parse(Get(name), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>For the process that is started.</summary>
    public IReadOnlyDictionary<string, string> ToEnvironment() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Prefix + nameof(RabbitMq)] = RabbitMq,
        [Prefix + nameof(Redis)] = Redis,
        [Prefix + nameof(Didit)] = Didit.ToString(),
        [Prefix + nameof(Queue)] = Queue,
        [Prefix + nameof(Prefetch)] = $"{Prefetch}",
        [Prefix + nameof(Concurrency)] = $"{Concurrency}",
    };
}
