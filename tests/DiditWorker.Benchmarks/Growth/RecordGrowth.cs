using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using DiditWorker.Benchmarks.Contenders;
using DiditWorker.Benchmarks.Reports;
using DiditWorker.Benchmarks.Running;
using DiditWorker.Observability;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using DiditWorker.Verification;
using StackExchange.Redis;
using Stage = DiditWorker.Benchmarks.Running.Stage;

namespace DiditWorker.Benchmarks.Growth;

/// <summary>
/// Memory of Redis per record, and the worker's throughput, as records become many. They are written by the worker's own store.
/// </summary>
internal static class RecordGrowth
{
    private const int Sampled = 1_000;
    private const int WarmUp = 20_000;
    private const int Measured = 30_000;

    public static async Task<string> RunAsync(Stage stage, ContenderSettings settings, IReadOnlyList<int> sizes, string results)
    {
        var rows = new List<(int Size, double ByCommand, double ByServer, double PerSecond)>();
        foreach (var size in sizes)
        {
            double byCommand = 0, byServer = 0;
            var known = new Random(size);
            var workload = new Workload(
                "records", TimeSpan.Zero, [.. Enumerable.Range(0, WarmUp).Select(_ => known.Next(size))],
                [.. Enumerable.Range(0, Measured).Select(_ => known.Next(size))]);
            var result = await Measuring.RunAsync(stage, Entry.Plain(Contender.Worker), workload, settings, prepare: async () =>
            {
                var before = await UsedMemoryAsync(stage);
                await WriteAsync(settings.Redis, size);
                byServer = (double)(await UsedMemoryAsync(stage) - before) / size;
                byCommand = await MeanAsync(stage.Redis.GetDatabase(), size);
            });
            rows.Add((size, byCommand, byServer, result.PerSecond));
            Progress.Say($"{size} records: {byCommand:0} bytes by MEMORY USAGE, {byServer:0} by used_memory");
            Progress.Say($"{size} records: {result.PerSecond:0}/s, {result.Sessions} sessions made");
        }

        new LineChart("Redis memory per record", "records", "bytes", true,
        [
            new("MEMORY USAGE", [.. rows.Select(r => ((double)r.Size, r.ByCommand))]),
            new("used_memory", [.. rows.Select(r => ((double)r.Size, r.ByServer))]),
        ]).Save(results, "record-memory");
        new LineChart(
            "Duplicates as records grow", "records", "messages/s", true,
            [new("DiditWorker", [.. rows.Select(r => ((double)r.Size, r.PerSecond))])]).Save(results, "record-rate");
        return Table.Write("Records", ["records", "bytes each by MEMORY USAGE", "bytes each by used_memory", "duplicates/s"],
            rows.Select(r => new[] { $"{r.Size:N0}", $"{r.ByCommand:0}", $"{r.ByServer:0}", $"{r.PerSecond:0}" }));
    }

    private static async Task WriteAsync(string connectionString, int count)
    {
        await using var redis = new RedisConnection(connectionString);
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var store = new IdempotencyStore(
            redis, new IdempotencyOptions(), TimeSpan.FromDays(1), new AnswerCipher(key: null),
            new WorkerMetrics(services.GetRequiredService<IMeterFactory>()));
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (number, _) =>
        {
            var (key, fingerprint) = Of(Message.Of(number));
            var owner = OwnerToken.Create();
            await store.ClaimAsync(key, fingerprint, owner);
            await store.CompleteAsync(key, RecordState.Completed, fingerprint, owner, DateTimeOffset.UtcNow, Session(number).ToPayload());
        });
    }

    private static (IdempotencyKey Key, string Fingerprint) Of(Message message)
    {
        var payload = StartVerificationReader.Read(JsonElement.Parse(message.Body), ContenderSettings.Workflow).Payload;
        return (KeyOf(message), Fingerprint.Of(payload));
    }

    private static IdempotencyKey KeyOf(Message message) => IdempotencyKey.Create(new IdempotencyOptions().Scope, message.Id);

    // As long as Didit's own: a UUID, a number, a URL with a token of 22 characters.
    private static DiditSession Session(int number) => new()
    {
        Id = Guid.NewGuid().ToString(),
        Number = number,
        Url = string.Create(CultureInfo.InvariantCulture, $"https://verify.didit.me/session/{number:D22}"),
        Status = "Not Started",
        WorkflowId = ContenderSettings.Workflow,
        CreatedAt = DateTimeOffset.UtcNow,
    };

    private static async Task<long> UsedMemoryAsync(Stage stage)
    {
        var memory = (await stage.Redis.GetServers()[0].InfoAsync("memory")).SelectMany(group => group);
        return long.Parse(memory.First(pair => pair.Key == "used_memory").Value, CultureInfo.InvariantCulture);
    }

    private static async Task<double> MeanAsync(IDatabase redis, int count)
    {
        var random = new Random(count);
        var sizes = await Task.WhenAll(Enumerable.Range(0, Sampled).Select(async _ =>
            (long)await redis.ExecuteAsync(
                "MEMORY", "USAGE", $"{new IdempotencyOptions().KeyPrefix}{{{KeyOf(Message.Of(random.Next(count)))}}}")));
        return sizes.Average();
    }
}
