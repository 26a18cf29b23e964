using System.CommandLine;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Archive;

/// <summary><c>dead-letters export FILE</c></summary>
internal static class ExportCommand
{
    public static Command Create(OperatorHost host, Output output)
    {
        var filter = new FilterOptions();
        var json = CommonOptions.Json();
        var file = new Argument<string>("FILE") { Description = "A new file: JSON Lines, mode 0600" };
        var redact = new Option<bool>("--redact")
        { Description = "Leave out bodies and all else that may be personal; such a file cannot be imported" };
        var command =
            new Command("export",
                "Copies dead letters into a file, without loss, for import here or on another broker; leaves an audit line")
                    { file, redact, json };
        filter.AddTo(command);
        command.SetAction((parsed, cancellation) => host.RunAsync(
            async (services, broker, token) =>
            {
                var (path, redacted) = (parsed.GetRequiredValue(file), parsed.GetValue(redact));
                var counts = new LetterCounts();
                ArchiveFiles.RequireNew(path);
                await Audited.RunAsync(
                    services.GetRequiredService<AuditLog>(), output.Notes, ("dead-letters export", filter.Read(parsed).ToString(), null),
                    $"begun: {(redacted ? "redacted" : "with contents")}, to {path}",
                    () => ExportAsync(services, broker, filter.Read(parsed), path, redacted, counts, output, token),
                    () => $"{counts.Total} exported");
                Print(output, parsed.GetValue(json), path, redacted, counts);
                return counts.Total == 0 ? ExitCodes.NothingMatched : ExitCodes.Done;
            },
            cancellation));
        return command;
    }

    private static async Task ExportAsync(
        IServiceProvider services, IOperatorBroker broker, DeadLetterFilter filter, string path, bool redact, LetterCounts counts,
        Output output, CancellationToken cancellation)
    {
        var queues = services.GetRequiredService<DeadLetterQueues>();
        await using var archive = await ArchiveFiles.CreateAsync(path, redact, services.GetRequiredService<TimeProvider>());
        try
        {
            await ProgressBar.RunAsync(output.Progress, "exporting", await queues.DepthAsync(broker, filter, cancellation), async done =>
            {
                await foreach (var letter in queues.SnapshotAsync(broker, filter, cancellation))
                {
                    await archive.AddAsync(letter, cancellation);
                    counts.Add(letter);
                    done(1);
                }
            });
            archive.FlushToDisk();
        }
        catch (ArchiveException exception)
        {
            await archive.DeleteAsync();
            throw new CommandException(ExitCodes.SomeFailed, exception.Message);
        }
        catch
        {
            // Half an export must not be taken for a whole one.
            await archive.DeleteAsync();
            throw;
        }

        if (counts.Total == 0)
        {
            await archive.DeleteAsync();
        }
    }

    private static void Print(Output output, bool json, string path, bool redacted, LetterCounts counts)
    {
        if (json)
        {
            output.WriteJson(
                new { File = counts.Total == 0 ? null : path, Messages = counts.Total, Redacted = redacted, Groups = counts.ToJson() });
        }
        else if (counts.Total == 0)
        {
            output.Text.WriteLine("No dead letters; no file was written.");
        }
        else
        {
            counts.Print(output.Tables);
            output.Text.WriteLine(
                $"{counts.Total} dead letters are in {path}{(redacted ? ", redacted: it cannot be imported" : "")}. They are in their "
                    + "queues, too.");
        }
    }
}
