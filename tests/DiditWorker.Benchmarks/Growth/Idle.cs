using DiditWorker.Benchmarks.Contenders;
using DiditWorker.Benchmarks.Reports;
using DiditWorker.Benchmarks.Running;

namespace DiditWorker.Benchmarks.Growth;

/// <summary>What a worker takes that has nothing to do, and one that works off a long queue at Didit's rate.</summary>
internal static class Idle
{
    private const uint Answered = 20;
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(30);

    public static async Task<string> RunAsync(Stage stage, ContenderSettings settings, int most)
    {
        var atDiditsRate = Entry.Plain(Contender.Worker) with
        {
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["Didit__RequestsPerMinute"] = "300" },
        };
        var rows = new List<string[]>();
        foreach (var waiting in (int[])[0, most])
        {
            await stage.ResetAsync();
            await stage.Queues.FillAsync(Enumerable.Range(0, Math.Max(waiting, (int)Answered)));
            await using var process = ContenderProcess.Start(atDiditsRate, settings);
            await Measuring.FallsToAsync(async () => Answered - Math.Min(Answered, await stage.Queues.AnsweredAsync()), 0);
            await Task.Delay(Measured);
            var before = await process.UsageAsync();
            await Task.Delay(Measured);
            var used = (await process.UsageAsync()).Cpu - before.Cpu;
            rows.Add([$"{waiting:N0}", $"{process.Memory / 1024.0 / 1024.0:0}", $"{used / Measured:0.0 %}"]);
            Progress.Say($"{waiting} waiting: {rows[^1][1]} MiB, {rows[^1][2]}");
        }

        return Table.Write(
            "With next to nothing to do, Didit's limit at 300 a minute", ["messages waiting", "MiB", "of a processor"], rows);
    }
}
