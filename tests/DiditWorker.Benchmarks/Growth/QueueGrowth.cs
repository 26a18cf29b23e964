using DiditWorker.Benchmarks.Contenders;
using DiditWorker.Benchmarks.Reports;
using DiditWorker.Benchmarks.Running;

namespace DiditWorker.Benchmarks.Growth;

/// <summary>Throughput and memory of the worker as the queue grows: answered messages, so that a million are read in minutes.</summary>
internal static class QueueGrowth
{
    private const int Known = 1_000;
    private const int WarmUp = 20_000;

    public static async Task<string> RunAsync(Stage stage, ContenderSettings settings, IReadOnlyList<int> sizes, string results)
    {
        var rows = new List<(int Size, Measurement Result)>();
        foreach (var size in sizes)
        {
            var workload = Workload.Duplicates(Known, WarmUp, size) with { CountsAnswers = false };
            rows.Add((size, await Measuring.RunAsync(stage, Entry.Plain(Contender.Worker), workload, settings)));
            Progress.Say($"queue of {size}: {rows[^1].Result.PerSecond:0}/s, {rows[^1].Result.PeakMegabytes:0} MiB");
        }

        Line Of(string name, Func<Measurement, double> value) => new(name, [.. rows.Select(r => ((double)r.Size, value(r.Result)))]);
        new LineChart("Reading a queue", "messages in the queue", "messages/s", true, [Of("DiditWorker", r => r.PerSecond)])
            .Save(results, "queue-rate");
        new LineChart("Memory while reading a queue", "messages in the queue", "peak MiB", true, [Of("DiditWorker", r => r.PeakMegabytes)])
            .Save(results, "queue-memory");
        return Table.Write("Queue", ["messages in the queue", "messages/s", "CPU µs/message", "peak MiB"],
            rows.Select(r =>
                new[] { $"{r.Size:N0}", $"{r.Result.PerSecond:0}", $"{r.Result.CpuMicroseconds:0}", $"{r.Result.PeakMegabytes:0}" }));
    }
}
