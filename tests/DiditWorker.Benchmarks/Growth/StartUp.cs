using System.Diagnostics;
using DiditWorker.Benchmarks.Contenders;
using DiditWorker.Benchmarks.Reports;
using DiditWorker.Benchmarks.Running;

namespace DiditWorker.Benchmarks.Growth;

/// <summary>From starting a process to its first answer, with the message already in the queue.</summary>
internal static class StartUp
{
    private const int Rounds = 7;

    public static async Task<string> RunAsync(Stage stage, ContenderSettings settings, IReadOnlyList<Entry> entries)
    {
        var measured = await Comparison.AlternateAsync(entries, Rounds, (entry, _) => MeasureAsync(stage, settings, entry));
        return Table.Write($"From start to the first answer, {Rounds} rounds", ["contender", "median s", "lowest–highest"],
            measured.Select(
                row => new[]
                { row.Entry.Label, $"{Statistics.Median(row.Rounds):0.00}", $"{row.Rounds.Min():0.00}–{row.Rounds.Max():0.00}" }));
    }

    private static async Task<double> MeasureAsync(Stage stage, ContenderSettings settings, Entry entry)
    {
        await stage.ResetAsync();
        await stage.Queues.FillAsync([0]);
        var begin = Stopwatch.GetTimestamp();
        await using var process = ContenderProcess.Start(entry, settings);
        await Measuring.FallsToAsync(async () => 1 - Math.Min(1, await stage.Queues.AnsweredAsync()), 0);
        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }
}
