using System.CommandLine;
using System.Globalization;
using DiditWorker.Didit;
using DiditWorker.Operations.Terminal;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Reconcile;

/// <summary><c>diditworker reconcile</c></summary>
internal sealed class ReconcileCommand(
    Reconciliation reconciliation, SurplusDeletion deletion, Reconciliations results, DiditOptions didit, TimeProvider time,
    Output output)
{
    // A create that was sent before has been answered, and shows in Didit's list.
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(5);

    /// <summary>Makes the command.</summary>
    public static Command Create(OperatorHost host)
    {
        var since = CommonOptions.Time(
            "--since", "Sessions made from then on; without it half the window ago, so that their records have not ended");
        var until = CommonOptions.Time("--until", "Sessions made before; without it 5 minutes ago, so that they are answered");
        var delete = new Option<bool>("--delete-surplus")
        { Description = "Delete second sessions at Didit that nobody has finished and whose key is answered with another one" };
        var reason = CommonOptions.Reason("Why; goes into the audit. Needed with --delete-surplus");
        var (yes, json) = (CommonOptions.Yes("it only says what it would delete"), CommonOptions.Json());
        var command = new Command(
            "reconcile", "Compares the sessions that Didit lists with the records: no key may have two. Exit code 1 if one has")
        {
            since, until, delete, reason, yes, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(delete) && result.GetValue(reason) is null)
            {
                result.AddError("--reason: say why; it goes into the audit");
            }
            else if (!result.GetValue(delete) && result.GetValue(yes))
            {
                result.AddError("--yes: there is nothing to do without --delete-surplus");
            }
        });
        command.SetAction((parsed, cancellation) => host.RunAsync<ReconcileCommand>(
            reconcile => reconcile.RunAsync(
                (parsed.GetValue(since), parsed.GetValue(until)), parsed.GetValue(json),
                parsed.GetValue(delete) ? parsed.GetValue(reason) : null, parsed.GetValue(yes), cancellation),
            cancellation));
        return command;
    }

    // Reason: null where nothing is to be deleted.
    private async Task<int> RunAsync(
        (DateTimeOffset? Since, DateTimeOffset? Until) given, bool json, string? reason, bool yes, CancellationToken cancellation)
    {
        var period = PeriodOf(given.Since, given.Until);
        var found = new Discrepancies();
        try
        {
            await reconciliation.ReadRecordsAsync(found, cancellation);
            var total = await reconciliation.CountAsync(period, cancellation);
            await ProgressBar.RunAsync(
                output.Progress, "reading sessions", total, done => reconciliation.RunAsync(period, found, done, cancellation));
            output.Write(json, ReconcileView.ToJson(period, found), () => ReconcileView.Print(period, found, output));
            if (reason is not null)
            {
                await DeleteAsync(found, reason, yes, cancellation);
            }
        }
        catch (ReadFailedException exception)
        {
            throw Silence(exception);
        }

        foreach (var note in ReconcileView.Notes(found))
        {
            output.WriteNote("Note: " + note);
        }

        await results.KeepAsync(found.Result(period, time.GetUtcNow()));
        return found[DiscrepancyKind.SecondSession] > 0 ? ExitCodes.SomeFailed : ExitCodes.Done;
    }

    private Period PeriodOf(DateTimeOffset? since, DateTimeOffset? until)
    {
        var end = until ?? time.GetUtcNow() - Settled;
        var period = new Period(since ?? end - (didit.IdempotencyWindow / 2), end);
        return period.Since < period.Until ? period : throw new CommandException(
            ExitCodes.WrongUsage,
            $"--since ({Output.Time(period.Since)}) must be before --until ({Output.Time(period.Until)}).");
    }

    private async Task DeleteAsync(Discrepancies found, string reason, bool yes, CancellationToken cancellation)
    {
        var deletable = SurplusDeletion.Deletable(found);
        if (!yes || deletable.Count == 0)
        {
            output.WriteNote(string.Create(CultureInfo.InvariantCulture,
                $"Would delete {deletable.Count} of {Words.Count(found[DiscrepancyKind.SecondSession], "second session")}. ")
                + (deletable.Count > 0 ? CommonOptions.NothingChanged : "Nothing was changed."));
            return;
        }

        await deletion.RunAsync(found, reason, output.WriteNote, cancellation);
    }

    // Exit code 1 says that a key has two sessions, so this must be another one.
    private static CommandException Silence(ReadFailedException failure) => failure.Status is 401 or 403
        ? new(ExitCodes.NoRight, $"Didit refuses the key for it ({failure.Message}). Check Didit:ApiKey and Didit:BaseAddress.")
        : new(ExitCodes.Unreachable, $"Didit did not answer ({failure.Message}), so nothing is known yet. Ask again later.");
}
