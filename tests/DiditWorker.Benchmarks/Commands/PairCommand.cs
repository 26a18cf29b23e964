using System.CommandLine;
using DiditWorker.Benchmarks.Contenders;
using DiditWorker.Benchmarks.Reports;
using DiditWorker.Benchmarks.Running;

namespace DiditWorker.Benchmarks.Commands;

/// <summary><c>pair</c></summary>
internal static class PairCommand
{
    public static Command Create()
    {
        var builds = new Option<string[]>("--worker") { Description = "The worker of another build: LABEL=PATH of its diditworker.dll" };
        var with = new Option<string[]>("--with") { Description = "This worker with environment variables: NAME=VALUE[,NAME=VALUE…]" };
        var rounds = new Option<int>("--rounds") { Description = "Rounds", DefaultValueFactory = _ => 6 };
        var command =
            new Command("pair", "Measures what a change to the worker costs: this build and others on one queue at the same time")
                { builds, with, rounds };
        command.SetAction(async (parsed, _) =>
        {
            List<Entry> entries =
            [
                .. (parsed.GetValue(builds) ?? []).Select(Entry.OtherBuild), Entry.Plain(Contender.Worker), .. (parsed.GetValue(with) ?? [])
                    .Select(Entry.With),
            ];
            await using var stage = await Stage.OpenAsync();
            var settings = stage.Settings(Defaults.Prefetch, Defaults.Concurrency);
            await Console.Out.WriteLineAsync($"{stage.Description}; {parsed.GetValue(rounds)} rounds\n");
            foreach (var first in (bool[])[false, true])
            {
                await Console.Out.WriteLineAsync(
                    Write(first ? "new messages"
                        : "duplicates", await Pairing.RunAsync(stage, entries, first, settings, parsed.GetValue(rounds))));
            }
        });
        return command;
    }

    private static string Write(string title, IReadOnlyList<Paired> pairs) => Table.Write(
        title,
        ["worker", "CPU µs/message", $"ratio to {pairs[0].Entry.Label}", "lowest–highest", "KiB allocated/message", "peak MiB"],
        pairs.Select(pair =>
        {
            var ratios = pair.Cpu.Zip(pairs[0].Cpu, (own, reference) => own / reference).ToList();
            return (string[])
            [
                pair.Entry.Label, $"{Statistics.Median(pair.Cpu):0}", $"{Statistics.Median(ratios):0.00}",
                    $"{ratios.Min():0.00}–{ratios.Max():0.00}",
                $"{Statistics.Median(pair.Allocated) / 1024:0.0}", $"{pair.PeakMemory / 1024.0 / 1024.0:0}",
            ];
        }));
}
