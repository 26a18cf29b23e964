using System.CommandLine;
using DiditWorker.Operations.Terminal;
using Spectre.Console;

namespace DiditWorker.Operations.Audit;

/// <summary><c>dead-letters history</c></summary>
internal static class HistoryCommand
{
    public static Command Create(OperatorHost host, Output output)
    {
        var last = NumberOption.Create("--last", "How many lines", 50, n => n > 0, "a whole number above 0");
        var json = CommonOptions.Json();
        var command = new Command("history", "Shows what operators did: the audit, oldest first; the last 10,000 lines are kept")
            { last, json };
        command.SetAction((parsed, cancellation) => host.RunAsync(
            async (services, _) =>
            {
                var lines = await services.GetRequiredService<AuditLog>().LastAsync(parsed.GetValue(last));
                if (parsed.GetValue(json))
                {
                    output.WriteJson(lines);
                }
                else
                {
                    Print(lines, output.Tables);
                }

                return lines.Count == 0 ? ExitCodes.NothingMatched : ExitCodes.Done;
            },
            cancellation));
        return command;
    }

    private static void Print(IReadOnlyList<AuditEntry> lines, IAnsiConsole console)
    {
        var table = new Table();
        table.AddColumns("at", "who", "command", "selection", "reason", "outcome");
        foreach (var line in lines)
        {
            table.AddRow(new[]
            {
                Output.Time(line.At), $"{line.User}@{line.Host}", line.Command, line.Selection,
                line.Reason ?? "", line.Outcome,
            }.Select(text => new Markup(Markup.Escape(text))));
        }

        console.Write(table);
    }
}
