using System.CommandLine;
using DiditWorker.Benchmarks.Contenders;
using DiditWorker.Benchmarks.Reports;
using DiditWorker.Benchmarks.Running;

namespace DiditWorker.Benchmarks.Commands;

/// <summary><c>compare</c></summary>
internal static class CompareCommand
{
    // Enough for everything that is called often to be compiled with optimization.
    private const int WarmUp = 10_000;

    private static readonly Dictionary<string, Workload> Workloads = new(StringComparer.Ordinal)
    {
        ["first"] = Workload.First(TimeSpan.Zero, WarmUp, 20_000),
        ["first-50"] = Workload.First(TimeSpan.FromMilliseconds(50), WarmUp, 10_000),
        ["first-300"] = Workload.First(TimeSpan.FromMilliseconds(300), WarmUp, 3_000),
        ["duplicates"] = Workload.Duplicates(WarmUp, WarmUp, 40_000),
        ["mixed"] = Workload.Mixed(WarmUp, 30_000),
        ["replay"] = Workload.Replay(50_000, WarmUp),
        ["hot-key"] = Workload.HotKey(WarmUp, 10_000),
        [Requests] = Workload.Requests(2_000, 8_000, 5_000),
    };

    // The other contenders read no envelopes.
    private const string Requests = "requests";

    public static Command Create()
    {
        var workloads = new Option<string[]>("--workload")
        {
            Description =
                $"Only these: {string.Join(", ", Workloads.Keys)}; default: all but {Requests}, which are for the worker alone",
            AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. Workloads.Keys.Where(name => name != Requests)]
        };
        workloads.AcceptOnlyFromAmong([.. Workloads.Keys]);
        var contenders = new Option<string[]>("--contender")
        {
            Description = $"Only these: {string.Join(", ", Contender.All)}; default: all but {Contender.RawTwoConnections}",
            AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. Contender.Names]
        };
        contenders.AcceptOnlyFromAmong([.. Contender.All]);
        var with = new Option<string[]>("--with") { Description = "Also the worker with environment variables: NAME=VALUE[,NAME=VALUE…]" };
        var builds = new Option<string[]>("--worker")
        { Description = "Also the worker of another build: LABEL=PATH of its diditworker.dll" };
        var rounds = new Option<int>("--rounds") { Description = "Rounds", DefaultValueFactory = _ => 3 };
        var prefetch = new Option<ushort>("--prefetch")
        { Description = "Of every contender", DefaultValueFactory = _ => Defaults.Prefetch };
        var concurrency = new Option<ushort>("--concurrency")
        { Description = "Of every contender", DefaultValueFactory = _ => Defaults.Concurrency };
        var roundTrips = new Option<bool>("--round-trips") { Description = "Also count how often Redis is asked" };
        var command = new Command("compare", "Measures every contender side by side and prints the tables")
            { workloads, contenders, with, builds, rounds, prefetch, concurrency, roundTrips };
        command.SetAction(async (parsed, _) =>
        {
            List<Entry> entries =
            [
                .. parsed.GetValue(contenders)!.Select(Entry.Plain), .. (parsed.GetValue(with) ?? []).Select(Entry.With),
                .. (parsed.GetValue(builds) ?? []).Select(Entry.OtherBuild),
            ];
            await using var stage = await Stage.OpenAsync();
            await RunAsync(
                stage, parsed.GetValue(workloads)!, entries, stage.Settings(parsed.GetValue(prefetch), parsed.GetValue(concurrency)),
                parsed.GetValue(rounds), parsed.GetValue(roundTrips));
        });
        return command;
    }

    private static async Task RunAsync(
        Stage stage, string[] workloads, List<Entry> entries, ContenderSettings settings, int rounds, bool roundTrips)
    {
        await Console.Out.WriteLineAsync(
            $"{stage.Description}; prefetch {settings.Prefetch}, {settings.Concurrency} at a time, {rounds} rounds\n");
        foreach (var workload in workloads)
        {
            var compared = await Comparison.RunAsync(stage, Workloads[workload], entries, settings, rounds, Console.Error.WriteLine);
            await Console.Out.WriteLineAsync(ComparisonTable.Write(compared));
        }

        if (roundTrips)
        {
            await Console.Out.WriteLineAsync(await RoundTrips.TableAsync(stage, entries, settings));
        }
    }
}
