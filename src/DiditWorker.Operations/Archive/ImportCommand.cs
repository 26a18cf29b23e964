using System.CommandLine;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Archive;

/// <summary><c>dead-letters import FILE</c></summary>
internal sealed class ImportCommand(DeadLetterQueues queues, IOperatorBroker broker, AuditLog audit, Output output)
{
    public static Command Create(OperatorHost host)
    {
        var file = new ArchiveName("which export or discard wrote");
        var queue = new Option<string?>("--queue")
        { Description = "Into error, skipped, or the name of a queue that ends in _error or _skipped (default: each message's own)" };
        var yes = CommonOptions.Yes("the file is checked and nothing is changed");
        var json = CommonOptions.Json();
        var command =
            new Command("import",
                "Puts exported or discarded dead letters into their queues again; what is there already is skipped, so it can be repeated")
                    { queue, yes, json };
        file.AddTo(command);
        command.SetAction((parsed, cancellation) => host.RunWithBrokerAsync<ImportCommand>(
            import => import.RunAsync(
                file.Read(parsed), parsed.GetValue(queue), parsed.GetValue(yes), parsed.GetValue(json), cancellation),
            cancellation));
        return command;
    }

    private async Task<int> RunAsync(string file, string? queue, bool yes, bool json, CancellationToken cancellation)
    {
        var import = new Import(queues, file, queue is null ? null : queues.Named(new() { Queue = queue })[0]);
        var tallies = import.Tallies;
        try
        {
            import.Check();
            if (tallies.Count > 0)
            {
                await ImportAsync(import, file, yes, cancellation);
            }

            output.Write(json, new { Imported = yes, Queues = tallies.Select(row => ToJson(row.Key, row.Value)) }, () =>
            {
                if (tallies.Count == 0)
                {
                    output.WriteText($"No dead letters in {file}.");
                }
                else
                {
                    Print(tallies, yes);
                }
            });
            return tallies.Count == 0 ? ExitCodes.NothingMatched : ExitCodes.Done;
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

    private Task ImportAsync(Import import, string file, bool yes, CancellationToken cancellation)
    {
        var tallies = import.Tallies;
        return !yes ? RunAsync() : audit.AroundAsync(
            ("dead-letters import", $"{file} into {string.Join(", ", tallies.Keys)}", null), "begun", RunAsync,
            () => $"{tallies.Values.Sum(tally => tally.Published)} imported");

        Task RunAsync() => ProgressBar.RunAsync(
            output.Progress, yes ? "importing" : "comparing", tallies.Values.Sum(tally => tally.Lines),
            done => import.RunAsync(broker, publish: yes, done, cancellation));
    }

    private static object ToJson(string queue, ImportTally tally) => new
    {
        Queue = queue,
        tally.IsNew,
        Messages = tally.Lines,
        tally.There,
        tally.Published,
        tally.Expiring,
        tally.Aside,
    };

    private void Print(IReadOnlyDictionary<string, ImportTally> tallies, bool yes)
    {
        output.WriteTable(
            ["queue", "in the file", "there already", yes ? "imported" : "to import"],
            tallies.Select(row => new[]
            {
                row.Key + (row.Value.IsNew ? " (new)" : ""), $"{row.Value.Lines}", $"{row.Value.There}",
                $"{row.Value.Lines - row.Value.There}",
            }));
        if (tallies.Values.Sum(tally => tally.Aside) is > 0 and var aside)
        {
            output.WriteNote(
                $"{aside} have a user_id, expiration or CC that the broker would act upon: "
                + $"imported as headers that begin with {ImportedMessage.AsidePrefix}");
        }

        var published = tallies.Values.Sum(tally => tally.Published);
        output.WriteText(yes
            ? $"{Words.Count(published, "dead letter")} {Words.Verb(published, "was", "were")} imported."
            : $"Every line was read and is in order. {CommonOptions.NothingChanged}");
    }
}
