using System.CommandLine;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Archive;

/// <summary><c>dead-letters discard --archive FILE --reason R</c></summary>
internal static class DiscardCommand
{
    private sealed record Options(string Archive, string Reason, bool Yes, bool Json);

    public static Command Create(OperatorHost host, Output output)
    {
        var filter = new FilterOptions();
        var json = CommonOptions.Json();
        var archive = new Option<string?>("--archive")
        { Description = "Required: a new file, as export writes it; what is discarded is safe there first" };
        var reason = CommonOptions.Reason("Required: why, for the audit");
        var yes = CommonOptions.Yes("nothing is changed");
        var command = new Command("discard", "Takes dead letters out of their queues into an archive, from which import brings them back")
            { archive, reason, yes, json };
        filter.AddTo(command);
        command.Validators.Add(result =>
        {
            if (string.IsNullOrWhiteSpace(result.GetValue(archive)) || string.IsNullOrWhiteSpace(result.GetValue(reason)))
            {
                result.AddError("discard needs --archive FILE, a new file for what is discarded, and --reason \"why\"");
            }
        });
        command.SetAction((parsed, cancellation) => host.RunAsync(
            (services, broker, token) => RunAsync(
                services, broker, filter.Read(parsed),
                new(parsed.GetValue(archive)!, parsed.GetValue(reason)!, parsed.GetValue(yes), parsed.GetValue(json)), output, token),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        IServiceProvider services, IOperatorBroker broker, DeadLetterFilter filter, Options options, Output output,
        CancellationToken cancellation)
    {
        var queues = services.GetRequiredService<DeadLetterQueues>();
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

            return Print(output, options, counts, counts.Total);
        }

        var discarded = 0;
        await Audited.RunAsync(
            services.GetRequiredService<AuditLog>(), output.Notes, ("dead-letters discard", filter.ToString(), options.Reason),
            $"begun: into {options.Archive}",
            () => DiscardAsync(services, broker, filter, options, output, count => discarded += count, cancellation),
            () => $"{discarded} discarded into {options.Archive}");
        return Print(output, options, null, discarded);
    }

    private static async Task DiscardAsync(
        IServiceProvider services, IOperatorBroker broker, DeadLetterFilter filter, Options options, Output output, Action<int> count,
        CancellationToken cancellation)
    {
        var discard = new Discard(services.GetRequiredService<DeadLetterQueues>());
        await using var archive =
            await ArchiveFiles.CreateAsync(options.Archive, redact: false, services.GetRequiredService<TimeProvider>());
        try
        {
            var total = await services.GetRequiredService<DeadLetterQueues>().DepthAsync(broker, filter, cancellation);
            await ProgressBar.RunAsync(output.Progress, "discarding", total, done => discard.RunAsync(broker, filter, archive, batch =>
            {
                count(batch);
                done(batch);
            }, cancellation));
        }
        catch (ArchiveException exception)
        {
            throw new CommandException(ExitCodes.SomeFailed, exception.Message + " What was not discarded is where it was.");
        }
        finally
        {
            if (archive.Count == 0)
            {
                await archive.DeleteAsync();
            }
        }
    }

    private static int Print(Output output, Options options, LetterCounts? counts, int total)
    {
        if (options.Json)
        {
            output.WriteJson(
                new
                {
                    Discarded = options.Yes,
                    Messages = total,
                    Archive = options.Yes && total > 0 ? options.Archive
                    : null,
                    Groups = counts?.ToJson()
                });
        }
        else if (total == 0)
        {
            output.Text.WriteLine("No dead letters.");
        }
        else
        {
            counts?.Print(output.Tables);
            output.Text.WriteLine(options.Yes
                ? $"{total} dead letters were discarded; they are in {options.Archive}."
                : $"{total} dead letters would be discarded into {options.Archive}. Nothing was changed: add --yes.");
        }

        return total == 0 ? ExitCodes.NothingMatched : ExitCodes.Done;
    }
}
