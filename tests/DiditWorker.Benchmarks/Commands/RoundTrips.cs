using DiditWorker.Benchmarks.Contenders;
using DiditWorker.Benchmarks.Reports;
using DiditWorker.Benchmarks.Running;

namespace DiditWorker.Benchmarks.Commands;

/// <summary>How often each contender asks Redis: for a first delivery, and for a duplicate.</summary>
internal static class RoundTrips
{
    private const int Messages = 5_000;

    public static async Task<string> TableAsync(Stage stage, IEnumerable<Entry> entries, ContenderSettings settings)
    {
        var rows = new List<string[]>();
        foreach (var entry in entries)
        {
            var first = await CountAsync(stage, entry, settings, Workload.First(TimeSpan.Zero, 0, Messages));
            var both = await CountAsync(stage, entry, settings, Workload.Duplicates(Messages, 0, Messages));
            rows.Add([entry.Label, $"{(double)first / Messages:0.000}", $"{(double)(both - first) / Messages:0.000}"]);
        }

        return Table.Write("Redis round trips per message", ["contender", "first delivery", "duplicate"], rows);
    }

    private static async Task<long> CountAsync(Stage stage, Entry entry, ContenderSettings settings, Workload workload)
    {
        await using var traffic = await RedisTraffic.BeginAsync(stage.Redis.GetServers()[0]);
        await Measuring.RunAsync(stage, entry, workload, settings);
        return traffic.Count;
    }
}
