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
        output.Write(json, lines, () => output.WriteTable(
            ["at", "who", "command", "selection", "reason", "outcome"],
            lines.Select(line => new[]
            {
                Output.Time(line.At), $"{line.User}@{line.Host}", line.Command, line.Selection, line.Reason ?? "", line.Result,
            })));
        return lines.Count == 0 ? ExitCodes.NothingMatched : ExitCodes.Done;
    }
}
