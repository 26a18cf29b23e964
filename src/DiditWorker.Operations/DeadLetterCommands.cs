using System.CommandLine;
using DiditWorker.Operations.Archive;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Replay;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations;

/// <summary><c>diditworker dead-letters …</c></summary>
internal static class DeadLetterCommands
{
    public static Command Create(OperatorHost host, Output output) => new(
        "dead-letters",
        "What could not be answered: look at it, see what a replay would do, replay it, put it away. Nothing is changed without --yes.")
    {
        ListCommand.Create(host, output),
        ShowCommand.Create(host, output),
        PlanCommand.Create(host, output),
        ReplayCommand.Create(host, output),
        ExportCommand.Create(host, output),
        ImportCommand.Create(host, output),
        DiscardCommand.Create(host, output),
        HistoryCommand.Create(host, output),
    };
}
