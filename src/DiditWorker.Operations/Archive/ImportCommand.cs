using System.CommandLine;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;
using Spectre.Console;

namespace DiditWorker.Operations.Archive;

/// <summary><c>dead-letters import FILE</c></summary>
internal static class ImportCommand
{
    private sealed record Options(string File, string? Queue, bool Yes, bool Json);

    public static Command Create(OperatorHost host, Output output)
    {
        var file = new Argument<string>("FILE") { Description = "What export or discard wrote" };
        var queue = new Option<string?>("--queue")
        { Description = "Into error, skipped, or the name of a queue that ends in _error or _skipped (default: each message's own)" };
        var yes = CommonOptions.Yes("the file is checked and nothing is changed");
        var json = CommonOptions.Json();
        var command =
            new Command("import",
                "Puts exported or discarded dead letters into their queues again; what is there already is skipped, so it can be repeated")
                    { file, queue, yes, json };
        command.SetAction((parsed, cancellation) => host.RunAsync(
            (services, broker, token) => RunAsync(
                services, broker, new(parsed.GetRequiredValue(file), parsed.GetValue(queue), parsed.GetValue(yes), parsed.GetValue(json)),
                output, token),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        IServiceProvider services, IOperatorBroker broker, Options options, Output output, CancellationToken cancellation)
    {
        var queues = services.GetRequiredService<DeadLetterQueues>();
        var target = options.Queue is null ? null : queues.Named(new() { Queue = options.Queue })[0];
        var import = new Import(queues);
        try
        {
            var tallies = import.Check(options.File, target);
            if (tallies.Count > 0)
            {
                await ImportAsync(services, broker, import, tallies, target, options, output, cancellation);
            }

            return Print(output, options, tallies);
        }
        catch (ArchiveException exception)
        {
            throw new CommandException(ExitCodes.WrongUsage, exception.Message + ". Nothing was imported.");
        }
        catch (BrokerException exception) when (exception.IsAboutMessage)
        {
            throw new CommandException(
                ExitCodes.SomeFailed, $"The broker refused a message ({exception.Message}). The same command goes on from there.");
        }
    }

    private static async Task ImportAsync(
        IServiceProvider services, IOperatorBroker broker, Import import, SortedDictionary<string, ImportTally> tallies, string? target,
        Options options, Output output, CancellationToken cancellation)
    {
        if (options.Yes)
        {
            await Audited.RunAsync(
                services.GetRequiredService<AuditLog>(), output.Notes,
                ("dead-letters import", $"{options.File} into {string.Join(", ", tallies.Keys)}", null), "begun",
                () => RunAsync(publish: true), () => $"{tallies.Values.Sum(tally => tally.Published)} imported");
        }
        else
        {
            await RunAsync(publish: false);
        }

        Task RunAsync(bool publish) =>
            ProgressBar.RunAsync(output.Progress, publish ? "importing" : "comparing", tallies.Values.Sum(tally => tally.Lines), done =>
            import.RunAsync(broker, options.File, target, tallies, publish, done, cancellation));
    }

    private static int Print(Output output, Options options, SortedDictionary<string, ImportTally> tallies)
    {
        if (options.Json)
        {
            output.WriteJson(
                new
                {
                    Imported = options.Yes,
                    Queues = tallies.Select(
                row => new
                {
                    Queue = row.Key,
                    row.Value.IsNew,
                    Messages = row.Value.Lines,
                    row.Value.There,
                    row.Value.Published,
                    row.Value.Expiring,
                    row.Value.Aside
                })
                });
        }
        else if (tallies.Count == 0)
        {
            output.Text.WriteLine($"No dead letters in {options.File}.");
        }
        else
        {
            PrintTable(output, options, tallies);
        }

        return tallies.Count == 0 ? ExitCodes.NothingMatched : ExitCodes.Done;
    }

    private static void PrintTable(Output output, Options options, SortedDictionary<string, ImportTally> tallies)
    {
        var table = new Table();
        table.AddColumns("queue", "in the file", "there already", options.Yes ? "imported" : "to import");
        foreach (var (queue, tally) in tallies)
        {
            table.AddRow(
                Markup.Escape(queue + (tally.IsNew ? " (new)" : "")), $"{tally.Lines}", $"{tally.There}", $"{tally.Lines - tally.There}");
        }

        output.Tables.Write(table);
        if (tallies.Values.Sum(tally => tally.Aside) is > 0 and var aside)
        {
            output.Notes.WriteLine(
                $"{aside} have a user_id, expiration or CC that the broker would act upon: "
                + $"imported as headers that begin with {ImportedMessage.AsidePrefix}");
        }

        output.Text.WriteLine(options.Yes
            ? $"{tallies.Values.Sum(tally => tally.Published)} dead letters were imported."
            : "Every line was read and is in order. Nothing was changed: add --yes.");
    }
}
