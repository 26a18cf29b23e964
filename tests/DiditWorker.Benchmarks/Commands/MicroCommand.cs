using System.CommandLine;
using DiditWorker.Benchmarks.Micro;

namespace DiditWorker.Benchmarks.Commands;

/// <summary><c>micro</c></summary>
internal static class MicroCommand
{
    public static Command Create()
    {
        var filter = new Option<string>("--filter") { Description = "Only these, for example *Key*", DefaultValueFactory = _ => "*" };
        var command = new Command("micro", "Times single steps with BenchmarkDotNet, before and after they were tuned") { filter };
        command.SetAction(parsed => MicroRun.Run(parsed.GetRequiredValue(filter)));
        return command;
    }
}
