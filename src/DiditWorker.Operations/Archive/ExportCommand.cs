using System.CommandLine;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Archive;

/// <summary><c>dead-letters export FILE</c></summary>
internal sealed class ExportCommand(
    DeadLetterQueues queues, IOperatorBroker broker, AuditLog audit, TimeProvider time, Output output)
{
    private readonly LetterCounts _counts = new();

    public static Command Create(OperatorHost host)
    {
        var filter = new FilterOptions();
        var json = CommonOptions.Json();
        var file = new ArchiveName("a new file: JSON Lines, mode 0600");
        var redact = new Option<bool>("--redact")
        { Description = "Leave out bodies and all else that may be personal; such a file cannot be imported" };
        var command =
            new SelectingCommand("export",
                "Copies dead letters into a file, without loss, for import here or on another broker; leaves an audit line")
                    { redact, json };
        file.AddTo(command);
        filter.AddBesideFileTo(command);
        command.SetAction((parsed, cancellation) => host.RunWithBrokerAsync<ExportCommand>(
            export => export.RunAsync(
                filter.Read(parsed), file.Read(parsed), parsed.GetValue(redact), parsed.GetValue(json), cancellation),
            cancellation));
        return command;
    }

    private async Task<int> RunAsync(DeadLetterFilter filter, string path, bool redact, bool json, CancellationToken cancellation)
    {
        ArchiveFiles.RequireNew(path);
        await audit.AroundAsync(
            ("dead-letters export", filter.ToString(), null), $"begun: {(redact ? "redacted" : "with contents")}, to {path}",
            () => ExportAsync(filter, path, redact, cancellation), () => $"{_counts.Total} exported");
        var total = _counts.Total;
        output.Write(
            json, new { File = total == 0 ? null : path, Messages = total, Redacted = redact, Groups = _counts.ToJson() },
            () => Print(path, redact));
        if (total == 0)
        {
            var nothing = await NothingMatched.InAsync(queues, broker, filter, cancellation);
            throw new CommandException(nothing.ExitCode, nothing.Message + " No file was written.");
        }

        NothingMatched.RequireEach(queues, filter);
        return ExitCodes.Done;
    }

    private async Task ExportAsync(DeadLetterFilter filter, string path, bool redact, CancellationToken cancellation)
    {
        await using var archive = await ArchiveFiles.CreateAsync(path, redact, time);
        var whole = false;
        try
        {
            var total = await queues.DepthAsync(broker, filter, cancellation);
            await ProgressBar.RunAsync(output.Progress, "exporting", total, async done =>
            {
                await foreach (var letter in queues.SnapshotAsync(broker, filter, cancellation))
                {
                    await archive.AddAsync(letter, cancellation);
                    _counts.Add(letter);
                    done(1);
                }
            });
            archive.FlushToDisk();
            whole = archive.Count > 0;
        }
        catch (ArchiveException exception)
        {
            throw new CommandException(ExitCodes.SomeFailed, exception.Message + ".");
        }
        finally
        {
            // Half an export must not be taken for a whole one.
            if (!whole)
            {
                await archive.DeleteAsync();
            }
        }
    }

    private void Print(string path, bool redacted)
    {
        if (_counts.Total == 0)
        {
            return;
        }

        _counts.Print(output);
        output.WriteText($"{Words.Count(_counts.Total, "dead letter")} {Words.Verb(_counts.Total, "is", "are")} in {path}"
            + $"{(redacted ? ", redacted: it cannot be imported" : "")}. "
            + $"{Words.Verb(_counts.Total, "It is in its queue", "They are in their queues")}, too.");
    }
}
