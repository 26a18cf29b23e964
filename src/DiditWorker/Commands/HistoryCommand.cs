using System.CommandLine;
using System.Globalization;
using DiditWorker.Observability;
using Spectre.Console;

namespace DiditWorker.Commands;

/// <summary><c>dead-letters history</c></summary>
internal static class HistoryCommand
{
    public static Command Create(OperatorHost host, Output output)
    {
        var last = new Option<int>("--last") { Description = "How many lines", DefaultValueFactory = _ => 50 };
        var json = DeadLetterCommands.Json();
        last.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < 1))
            {
                result.AddError($"--last {result.Tokens[0].Value}: expected a whole number above 0");
            }
        });
        var command = new Command("history", "Shows what operators did: the audit, oldest first; the last 10,000 lines are kept") { last, json };
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
                line.At.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture), $"{line.User}@{line.Host}", line.Command, line.Selection,
                line.Reason ?? "", line.Outcome,
            }.Select(text => new Markup(Markup.Escape(text))));
        }

        console.Write(table);
    }
}
