using System.CommandLine;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Keys;

/// <summary><c>keys exclude</c>: a person has looked at sessions, and they are not this request's.</summary>
internal sealed class KeyExcludeCommand(KeyFinder finder, ExcludedSessions excluded, AuditLog audit, Output output)
{
    public static Command Create(OperatorHost host)
    {
        var name = KeyCommands.Name();
        var sessions = new Argument<string[]>("SESSION")
        {
            Description = "Didit's ids of the sessions, as AmbiguousSession or Didit's console names them",
            Arity = ArgumentArity.OneOrMore,
        };
        sessions.Validators.Add(KeyCommands.RequireSessions);
        var isKey = KeyCommands.IsKey();
        var reason = CommonOptions.Reason("Why; goes into the audit", required: true);
        var yes = CommonOptions.Yes();
        var command = new Command(
            "exclude", "Notes that sessions are not this request's: look-ups pass them over, so that a replay can create one")
        {
            name, sessions, isKey, reason, yes,
        };
        command.SetAction((parsed, cancellation) => host.RunAsync<KeyExcludeCommand>(
            exclude => KeyCommands.ReadingAsync(() => exclude.RunAsync(
                (parsed.GetRequiredValue(name), parsed.GetValue(isKey)),
                [.. parsed.GetRequiredValue(sessions).Distinct(StringComparer.Ordinal)],
                parsed.GetValue(reason)!, parsed.GetValue(yes))),
            cancellation));
        return command;
    }

    private async Task<int> RunAsync((string Text, bool IsKey) name, string[] sessions, string reason, bool yes)
    {
        var found = await finder.FindAsync(name.Text, name.IsKey);
        RefuseAnswered(found, sessions);
        var what = $"{Words.Count(sessions.Length, "session")} of {found}: {string.Join(", ", sessions)}";
        if (!yes)
        {
            output.WriteText($"Would exclude {what}. {CommonOptions.NothingChanged}");
            return ExitCodes.Done;
        }

        await ExcludeAsync(found, sessions, reason);
        output.WriteText($"Excluded {what}. A replay passes them over, and creates a session if it finds no other; beyond the window it "
            + "takes --allow-expired and --reason as well:");

        // To be copied whole.
        var id = ShellWord.Of(found.RequestId ?? found.Key.ToString());
        await output.Text.WriteLineAsync($"  diditworker dead-letters replay {id} --yes");
        return ExitCodes.Done;
    }

    private Task ExcludeAsync(FoundKey found, string[] sessions, string reason)
    {
        IReadOnlySet<string>? all = null;
        return audit.AroundAsync(
            ("keys exclude", $"{found}, {Words.Count(sessions.Length, "session")} {string.Join(", ", sessions)}", reason), "begun",
            async () => all = await excluded.AddAsync(found.Key, sessions),
            () => all is null ? "whether they are excluded is not known" : $"excluded; {all.Count} in all");
    }

    private static void RefuseAnswered(FoundKey found, string[] sessions)
    {
        if (found.Memory.Record is not { State: RecordState.Completed } record)
        {
            return;
        }

        var own = DiditSession.FromPayload(record.Payload);
        throw new CommandException(
            ExitCodes.SomeFailed,
            $"{found} is answered with session {own.Id}{(sessions.Contains(own.Id) ? ", which it cannot do without" : "")}: it is not "
                + "looked up any more, so there is nothing to exclude.");
    }
}
