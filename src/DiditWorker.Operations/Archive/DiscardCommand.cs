using System.CommandLine;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Archive;

/// <summary><c>dead-letters discard FILE --reason R</c></summary>
internal sealed class DiscardCommand(
    DeadLetterQueues queues, IOperatorBroker broker, AuditLog audit, TimeProvider time, Output output)
{
    private sealed record Options(string Archive, string Reason, bool Yes, bool Json);

    public static Command Create(OperatorHost host)
    {
        var filter = new FilterOptions();
        var json = CommonOptions.Json();
        var archive = new ArchiveName("a new file, as export writes it; what is discarded is safe there first");
        var reason = CommonOptions.Reason("Why, for the audit", required: true);
        var yes = CommonOptions.Yes("nothing is changed");
        var command = new SelectingCommand(
            "discard", "Takes dead letters out of their queues into an archive, from which import brings them back")
            { reason, yes, json };
        archive.AddTo(command);
        filter.AddBesideFileTo(command);
        command.SetAction((parsed, cancellation) => host.RunWithBrokerAsync<DiscardCommand>(
            discard => discard.RunAsync(
                filter.Read(parsed),
                new(archive.Read(parsed), parsed.GetValue(reason)!, parsed.GetValue(yes), parsed.GetValue(json)), cancellation),
            cancellation));
        return command;
    }

    private async Task<int> RunAsync(DeadLetterFilter filter, Options options, CancellationToken cancellation)
    {
        if (queues.Named(filter).FirstOrDefault(queue => !queues.Holds(queue)) is { } other)
        {
            throw new CommandException(
                ExitCodes.WrongUsage,
                $"{other} is no queue for dead letters: expected error, skipped, or a name that ends in _error or _skipped.");
        }

        ArchiveFiles.RequireNew(options.Archive);
        if (!options.Yes)
        {
            var counts = new LetterCounts();
            await foreach (var letter in queues.SnapshotAsync(broker, filter, cancellation))
            {
                counts.Add(letter);
            }

            Print(options, counts, counts.Total);
            await NothingMatched.RequireAsync(counts.Total, queues, broker, filter, cancellation);
            return ExitCodes.Done;
        }

        var discarded = 0;
        await audit.AroundAsync(
            ("dead-letters discard", filter.ToString(), options.Reason), $"begun: into {options.Archive}",
            () => DiscardAsync(filter, options.Archive, count => discarded += count, cancellation),
            () => $"{discarded} discarded into {options.Archive}");
        Print(options, null, discarded);
        await NothingMatched.RequireAsync(discarded, queues, broker, filter, cancellation);
        return ExitCodes.Done;
    }

    private async Task DiscardAsync(DeadLetterFilter filter, string path, Action<int> count, CancellationToken cancellation)
    {
        await using var archive = await ArchiveFiles.CreateAsync(path, redact: false, time);
        try
        {
            var total = await queues.DepthAsync(broker, filter, cancellation);
            await ProgressBar.RunAsync(
                output.Progress, "discarding", total,
                done => new Discard(queues).RunAsync(broker, filter, archive, count + done, cancellation));
        }
        catch (ArchiveException exception)
        {
            throw new CommandException(ExitCodes.SomeFailed, exception.Message + ". What was not discarded is where it was.");
        }
        finally
        {
            if (archive.Count == 0)
            {
                await archive.DeleteAsync();
            }
        }
    }

    private void Print(Options options, LetterCounts? counts, int total)
    {
        var archive = options.Yes && total > 0 ? options.Archive : null;
        output.Write(
            options.Json, new { Discarded = options.Yes, Messages = total, Archive = archive, Groups = counts?.ToJson() }, () =>
            {
                if (total == 0)
                {
                    return;
                }

                counts?.Print(output);
                var letters = Words.Count(total, "dead letter");
                output.WriteText(options.Yes
                    ? $"{letters} {Words.Verb(total, "was discarded; it is", "were discarded; they are")} in {options.Archive}."
                    : $"{letters} would be discarded into {options.Archive}. {CommonOptions.NothingChanged}");
            });
    }
}
