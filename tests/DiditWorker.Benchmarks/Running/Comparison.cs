using DiditWorker.Benchmarks.Contenders;

namespace DiditWorker.Benchmarks.Running;

/// <summary>Who was measured with what: all rounds of all entries for one workload.</summary>
internal sealed record Compared(Workload Workload, IReadOnlyList<(Entry Entry, IReadOnlyList<Measurement> Rounds)> Rows);

/// <summary>
/// Every entry, side by side: in each round one after another, in the other direction every second round, so that neither the machine's mood nor
/// who went before favours anybody.
/// </summary>
internal static class Comparison
{
    /// <summary>Runs all rounds of one workload.</summary>
    public static async Task<Compared> RunAsync(
        Stage stage, Workload workload, IReadOnlyList<Entry> entries, ContenderSettings settings, int rounds, Action<string> progress)
    {
        var measured = entries.ToDictionary(entry => entry, _ => new List<Measurement>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var entry in round % 2 == 0 ? entries : entries.Reverse())
            {
                var result = await Measuring.RunAsync(stage, entry, workload, settings);
                measured[entry].Add(result);
                progress(FormattableString.Invariant($"{workload.Name}, round {round + 1}: {entry.Label}: {result.PerSecond:0}/s, {result.CpuMicroseconds:0} µs CPU"));
            }
        }

        return new(workload, [.. entries.Select(entry => (entry, (IReadOnlyList<Measurement>)measured[entry]))]);
    }
}
