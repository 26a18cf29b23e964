using System.CommandLine;
using DiditWorker.Didit;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Replay;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Keys;

/// <summary><c>keys release</c>: forgets a record. The store releases something else, the claim of a delivery.</summary>
internal sealed class KeyForgetCommand(
    KeyFinder finder, IdempotencyStore store, DiditOptions didit, AuditLog audit, Output output)
{
    public static Command Create(OperatorHost host)
    {
        var name = KeyCommands.Name();
        var isKey = KeyCommands.IsKey();
        var reason = CommonOptions.Reason("Why; goes into the audit", required: true);
        var yes = CommonOptions.Yes();
        var command =
            new Command("release", "Forgets the record of a request, so that the next delivery starts from nothing; says what that risks")
        {
            name, isKey, reason, yes,
        };
        command.SetAction((parsed, cancellation) => host.RunAsync<KeyForgetCommand>(
            forget => KeyCommands.ReadingAsync(() => forget.RunAsync(
                parsed.GetRequiredValue(name), parsed.GetValue(isKey), parsed.GetValue(reason)!, parsed.GetValue(yes))),
            cancellation));
        return command;
    }

    private async Task<int> RunAsync(string name, bool isKey, string reason, bool yes)
    {
        var found = await finder.FindAsync(name, isKey);
        var record = found.Memory.Record ?? throw new CommandException(ExitCodes.NothingMatched, KeyCommands.NoRecord(found, didit));
        RefuseWhileWorkedOn(found, record);
        output.WriteNote($"Warning: {Risk(record)} {ReplayWithoutRecord.InWords(didit)}");
        if (!yes)
        {
            output.WriteText($"Would forget the record of {found}. {CommonOptions.NothingChanged}");
            return ExitCodes.Done;
        }

        await ForgetAsync(found, record, reason);
        output.WriteText($"Forgotten: the record of {found}. The next delivery starts from nothing.");
        return ExitCodes.Done;
    }

    private static void RefuseWhileWorkedOn(FoundKey found, IdempotencyRecord record)
    {
        if (record.State == RecordState.InProgress && !found.Memory.Owned)
        {
            throw new CommandException(ExitCodes.SomeFailed,
                $"A delivery of it is being worked on until {Output.Time(record.LeaseUntil)} at the latest. Try again then, if it is "
                    + "still needed.");
        }
    }

    private static string Risk(IdempotencyRecord record) => record.State switch
    {
        RecordState.Completed =>
            $"it has {SessionOf(record)}. Another copy of its message that the broker does not mark as redelivered would create a second "
            + "session, if the first is finished by then.",
        RecordState.Refused => "Didit refused it for good. The next delivery asks Didit again.",
        _ => "an attempt may have made a session at Didit, and this is forgotten: another copy of its message that the broker does not "
            + "mark as redelivered would create one without looking.",
    };

    // A damaged answer keeps its message waiting, and to forget it is the way out.
    private static string SessionOf(IdempotencyRecord record)
    {
        try
        {
            return $"its {DiditSession.FromPayload(record.Payload)}";
        }
        catch (FormatException)
        {
            return "a session that is not known here any more, since the answer is damaged";
        }
    }

    private async Task ForgetAsync(FoundKey found, IdempotencyRecord record, string reason)
    {
        bool? forgotten = null;
        await audit.AroundAsync(
            ("keys release", found.ToString(), reason), "begun",
            async () => forgotten = await store.ForgetAsync(found.Key, record),
            () => forgotten switch
            {
                true => $"forgotten: {record.State}",
                false => "nothing done: it changed meanwhile",
                null => $"whether it was forgotten ({record.State}) is not known",
            });
        if (forgotten == false)
        {
            throw new CommandException(
                ExitCodes.SomeFailed,
                $"The record of {found} has changed meanwhile; nothing was done. Look at it again: diditworker keys show {found.Key} "
                    + "--key");
        }
    }
}
