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
    public static Command Create(OperatorHost host) => new(
        "dead-letters",
        "What could not be answered: look at it, see what a replay would do, replay it, put it away. Nothing is changed without --yes.")
    {
        ListCommand.Create(host),
        ShowCommand.Create(host),
        PlanCommand.Create(host),
        ReplayCommand.Create(host),
        ExportCommand.Create(host),
        ImportCommand.Create(host),
        DiscardCommand.Create(host),
        HistoryCommand.Create(host),
    };
}
