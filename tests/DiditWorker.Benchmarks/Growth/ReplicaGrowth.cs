using DiditWorker.Benchmarks.Contenders;
using DiditWorker.Benchmarks.Reports;
using DiditWorker.Benchmarks.Running;

namespace DiditWorker.Benchmarks.Growth;

/// <summary>
/// One, two, three replicas on one machine: where Didit is what takes time they add up, where the processor is they share it.
/// </summary>
internal static class ReplicaGrowth
{
    private static readonly int[] Replicas = [1, 2, 3];

    public static async Task<string> RunAsync(Stage stage, ContenderSettings settings, string results)
    {
        var slow = Workload.First(TimeSpan.FromMilliseconds(300), 10_000, 6_000);
        var duplicates = Workload.Duplicates(5_000, 10_000, 40_000);
        var rows = new List<(int Replicas, double Slow, double Duplicates)>();
        foreach (var replicas in Replicas)
        {
            var first = await Measuring.RunAsync(stage, Entry.Plain(Contender.Worker), slow, settings, replicas);
            var second = await Measuring.RunAsync(stage, Entry.Plain(Contender.Worker), duplicates, settings, replicas);
            rows.Add((replicas, first.PerSecond, second.PerSecond));
            Progress.Say($"{replicas} replicas: {first.PerSecond:0}/s first deliveries at 300 ms, {second.PerSecond:0}/s duplicates");
        }

        new LineChart(
            "First deliveries by replicas, Didit at 300 ms", "replicas", "messages/s", false,
            [new("DiditWorker", [.. rows.Select(r => ((double)r.Replicas, r.Slow))])])
            .Save(results, "replicas");
        return Table.Write("Replicas", ["replicas", "first deliveries/s, Didit at 300 ms", "duplicates/s"],
            rows.Select(r => new[] { $"{r.Replicas}", $"{r.Slow:0}", $"{r.Duplicates:0}" }));
    }
}
