using System.CommandLine;
using DiditWorker.Benchmarks.Commands;
using DiditWorker.Benchmarks.Contenders;

namespace DiditWorker.Benchmarks;

/// <summary>Measures the worker against what somebody would write instead. See the README beside this file.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        var name = new Argument<string>("name");
        var contender = new Command("contender", "A contender's own process; started by compare") { name };
        contender.Hidden = true;
        contender.SetAction((parsed, _) => Contender.RunAsync(parsed.GetRequiredValue(name)));
        var root = new RootCommand("Measures the worker against what somebody would write instead.")
            {
                CompareCommand.Create(), GrowthCommand.Create(), ProfileCommand.Create(), PairCommand.Create(), MicroCommand.Create(),
                contender,
            };
        return await root.Parse(args).InvokeAsync();
    }
}
