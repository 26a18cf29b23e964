using DiditWorker.Benchmarks.Running;

namespace DiditWorker.Benchmarks.Reports;

/// <summary>A comparison as a Markdown table: medians over the rounds, the range of the rate, and the ratio to the first row.</summary>
internal static class ComparisonTable
{
    public static string Write(Compared compared) => Table.Write(
        compared.Workload.Name,
        ["contender", "messages/s", "lowest–highest", $"ratio to {compared.Rows[0].Entry.Label}", "CPU µs/message",
        "KiB allocated/message", "peak MiB", "sessions too many"],
        compared.Rows.Select(row => Row(row.Entry.Label, row.Rounds, compared)));

    private static string[] Row(string label, IReadOnlyList<Measurement> rounds, Compared compared)
    {
        // Round by round, so that a slow minute of the machine counts on both sides.
        var ratio = Statistics.Median(rounds.Zip(compared.Rows[0].Rounds, (own, first) => own.PerSecond / first.PerSecond));
        return
        [
            label, $"{Median(r => r.PerSecond):0}", $"{rounds.Min(r => r.PerSecond):0}–{rounds.Max(r => r.PerSecond):0}", $"{ratio:0.00}",
            $"{Median(r => r.CpuMicroseconds):0}", $"{Median(r => r.AllocatedBytes) / 1024:0.0}", $"{Median(r => r.PeakMegabytes):0}",
            $"{rounds.Max(r => r.Sessions) - compared.Workload.Sessions}",
        ];

        double Median(Func<Measurement, double> value) => Statistics.Median(rounds.Select(value));
    }
}
