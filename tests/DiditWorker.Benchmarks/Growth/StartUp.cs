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
        var times = entries.ToDictionary(entry => entry, _ => new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var entry in round % 2 == 0 ? entries : entries.Reverse())
            {
                await stage.ResetAsync();
                await stage.Queues.FillAsync([0], replayed: false);
                var begin = Stopwatch.GetTimestamp();
                await using var process = ContenderProcess.Start(entry, settings);
                await Measuring.FallsToAsync(async () => 1 - Math.Min(1, await stage.Queues.AnsweredAsync()), 0);
                times[entry].Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
            }
        }

        return Table.Write($"From start to the first answer, {Rounds} rounds", ["contender", "median s", "lowest–highest"],
            entries.Select(e => new[] { e.Label, $"{Statistics.Median(times[e]):0.00}", $"{times[e].Min():0.00}–{times[e].Max():0.00}" }));
    }
}
