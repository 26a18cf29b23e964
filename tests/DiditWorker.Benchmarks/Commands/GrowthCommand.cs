using System.CommandLine;
using DiditWorker.Benchmarks.Contenders;
using DiditWorker.Benchmarks.Growth;
using DiditWorker.Benchmarks.Running;

namespace DiditWorker.Benchmarks.Commands;

/// <summary><c>growth</c></summary>
internal static class GrowthCommand
{
    private static readonly string[] Parts = ["queue", "records", "replicas", "latency", "idle", "bodies", "start"];

    public static Command Create()
    {
        var parts = new Option<string[]>("--part")
        {
            Description = "Only these: " + string.Join(", ", Parts), AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ =>
            Parts
        };
        parts.AcceptOnlyFromAmong(Parts);
        var most = new Option<int>("--most")
        { Description = "Largest number of messages and of records", DefaultValueFactory = _ => 1_000_000 };
        var builds = new Option<string[]>("--worker")
        { Description = "For start: also the worker of another build: LABEL=PATH of its diditworker.dll" };
        var charts = new Option<string>("--charts")
        { Description = "Where the charts go; dotnet run begins in the project's folder", DefaultValueFactory = _ => "results" };
        var command = new Command("growth", "Measures how the worker's cost grows, prints tables and draws charts")
            { parts, most, builds, charts };
        command.SetAction(async (parsed, _) =>
        {
            await using var stage = await Stage.OpenAsync();
            var settings = stage.Settings(Defaults.Prefetch, Defaults.Concurrency);
            var results = parsed.GetRequiredValue(charts);
            var sizes = ((int[])[1_000, 10_000, 100_000, 1_000_000]).Where(size => size <= parsed.GetValue(most)).ToList();
            List<Entry> entries = [.. Contender.Names.Select(Entry.Plain), .. (parsed.GetValue(builds) ?? []).Select(Entry.OtherBuild)];
            await Console.Out.WriteLineAsync($"{stage.Description}; prefetch {settings.Prefetch}, {settings.Concurrency} at a time\n");
            foreach (var part in parsed.GetRequiredValue(parts))
            {
                await Console.Out.WriteLineAsync(part switch
                {
                    "queue" => await QueueGrowth.RunAsync(stage, settings, sizes, results),
                    "records" => await RecordGrowth.RunAsync(stage, settings, sizes, results),
                    "replicas" => await ReplicaGrowth.RunAsync(stage, settings, results),
                    "latency" => await Latency.RunAsync(stage, settings, results),
                    "idle" => await Idle.RunAsync(stage, settings, sizes[^1]),
                    "bodies" => await LargeBodies.RunAsync(stage, settings),
                    _ => await StartUp.RunAsync(stage, settings, entries),
                });
            }
        });
        return command;
    }
}
