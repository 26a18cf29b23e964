using System.CommandLine;
using DiditWorker.Benchmarks.Contenders;
using DiditWorker.Benchmarks.Reports;
using DiditWorker.Benchmarks.Running;

namespace DiditWorker.Benchmarks.Commands;

/// <summary><c>profile</c></summary>
internal static class ProfileCommand
{
    private static readonly Workload[] Workloads =
        [Workload.First(TimeSpan.Zero, 30_000, 30_000), Workload.Duplicates(10_000, 30_000, 60_000)];

    public static Command Create()
    {
        var builds = new Option<string[]>("--worker") { Description = "The worker of another build: LABEL=PATH of its diditworker.dll" };
        var stacks = new Option<string>("--stacks") { Description = "A folder for all stacks, one file for each contender and workload" };
        var command = new Command("profile", "Says by samples of Linux' perf where the processor time of a message goes")
            { builds, stacks };
        command.SetAction(async (parsed, _) =>
        {
            List<Entry> entries =
            [
                Entry.Plain(Contender.Worker), Entry.Plain(Contender.MassTransit),
                .. (parsed.GetValue(builds) ?? []).Select(Entry.OtherBuild),
            ];
            await using var stage = await Stage.OpenAsync();
            await Console.Out.WriteLineAsync(stage.Description + "\n");
            foreach (var workload in Workloads)
            {
                await Console.Out.WriteLineAsync(await TableAsync(stage, entries, workload, parsed.GetValue(stacks)));
            }
        });
        return command;
    }

    private static async Task<string> TableAsync(Stage stage, List<Entry> entries, Workload workload, string? folder)
    {
        var measured = new List<(double Cpu, Dictionary<string, double> Shares)>();
        foreach (var entry in entries)
        {
            var (cpu, stacks) = await Measuring.ProfileAsync(
                stage, entry with { Environment = Samples.Environment }, workload, stage.Settings(Defaults.Prefetch, Defaults.Concurrency));
            measured.Add((cpu, stacks.CountBy(Layers.Of).ToDictionary(
                layer => layer.Key, layer => (double)layer.Value / stacks.Count, StringComparer.Ordinal)));
            if (folder is not null)
            {
                var file = Path.Combine(Directory.CreateDirectory(folder).FullName, $"{entry.Label} {workload.Name}.txt");
                await File.WriteAllLinesAsync(file, stacks.Select(stack => Layers.Of(stack) + ";" + string.Join(';', stack.Reverse())));
            }
        }

        return Table.Write(
            $"{workload.Name}: CPU µs of a message", ["part", .. entries.Select(entry => entry.Label)],
            Layers.Names
                .Select(layer => (string[])[layer, .. measured.Select(m => $"{m.Cpu * m.Shares.GetValueOrDefault(layer):0.0}")])
                .Append(["all", .. measured.Select(m => $"{m.Cpu:0}")]));
    }
}
