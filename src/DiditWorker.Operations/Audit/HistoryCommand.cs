using System.CommandLine;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Audit;

/// <summary><c>dead-letters history</c></summary>
internal sealed class HistoryCommand(AuditLog audit, Output output)
{
    public static Command Create(OperatorHost host)
    {
        var last = CommonOptions.Number("--last", "How many lines", 50, n => n > 0, "a whole number above 0");
        var json = CommonOptions.Json();
        var command = new Command("history", "Shows what operators did: the audit, oldest first; the last 10,000 lines are kept")
            { last, json };
        command.SetAction((parsed, cancellation) => host.RunAsync<HistoryCommand>(
            history => history.RunAsync(parsed.GetValue(last), parsed.GetValue(json)), cancellation));
        return command;
    }

    private async Task<int> RunAsync(int last, bool json)
    {
        var lines = await audit.LastAsync(last);
        output.Write(json, lines, () => Print(lines, output));
        return lines.Count > 0 ? ExitCodes.Done
            : throw new CommandException(ExitCodes.NothingMatched, "Nothing is in the audit: no command has changed anything yet.");
    }

    /// <summary>A line for each entry.</summary>
    internal static void Print(IReadOnlyList<AuditEntry> entries, Output output)
    {
        if (entries.Count > 0)
        {
            output.WriteRecords(
                ["at", "who", "command", "outcome", "selection", "reason"],
                entries.Select(entry => new[]
                {
                    Output.Time(entry.At), $"{entry.User}@{entry.Host}", entry.Command, entry.Result, entry.Selection, entry.Reason ?? "",
                }));
        }
    }
}
