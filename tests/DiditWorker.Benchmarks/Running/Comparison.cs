using DiditWorker.Benchmarks.Contenders;

namespace DiditWorker.Benchmarks.Running;

/// <summary>Who was measured with what: all rounds of all entries for one workload.</summary>
internal sealed record Compared(Workload Workload, IReadOnlyList<(Entry Entry, IReadOnlyList<Measurement> Rounds)> Rows);

/// <summary>
/// Every entry, side by side: in each round one after another, in the other direction every second round, so that neither the machine's
/// mood nor who went before favours anybody.
/// </summary>
internal static class Comparison
{
    /// <summary>Runs all rounds of one workload.</summary>
    public static async Task<Compared> RunAsync(
        Stage stage, Workload workload, IReadOnlyList<Entry> entries, ContenderSettings settings, int rounds, Action<string> progress) =>
        new(
        workload,
        await AlternateAsync(entries, rounds, async (entry, round) =>
        {
            var result = await Measuring.RunAsync(stage, entry, workload, settings);
            progress(FormattableString.Invariant(
                $"{workload.Name}, round {round}: {entry.Label}: {result.PerSecond:0}/s, {result.CpuMicroseconds:0} µs CPU"));
            return result;
        }));

    /// <summary>Measures something of every entry, round by round; what is measured is told the round, from 1.</summary>
    public static async Task<IReadOnlyList<(Entry Entry, IReadOnlyList<T> Rounds)>> AlternateAsync<T>(
        IReadOnlyList<Entry> entries, int rounds, Func<Entry, int, Task<T>> measure)
    {
        var measured = entries.ToDictionary(entry => entry, _ => new List<T>());
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var entry in round % 2 == 1 ? entries : entries.Reverse())
            {
                measured[entry].Add(await measure(entry, round));
            }
        }

        return [.. entries.Select(entry => (entry, (IReadOnlyList<T>)measured[entry]))];
    }
}
