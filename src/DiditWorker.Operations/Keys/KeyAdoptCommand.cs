using System.CommandLine;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;

namespace DiditWorker.Operations.Keys;

/// <summary><c>keys adopt</c></summary>
internal sealed class KeyAdoptCommand(
    KeyFinder finder, KeyAdoption adoptions, IOperatorBroker broker, AuditLog audit, Output output)
{
    public static Command Create(OperatorHost host)
    {
        var name = KeyCommands.Name();
        var session = new Argument<string>("SESSION")
        { Description = "Didit's id of the session, as AmbiguousSession or Didit's console names it" };
        session.Validators.Add(KeyCommands.RequireSessions);
        var isKey = KeyCommands.IsKey();
        var reason =
            CommonOptions.Reason(
                "Why; goes into the audit. Needed where the record is refused, or the session has another key or workflow");
        var yes = CommonOptions.Yes();
        var command =
            new Command("adopt", "Completes the record of a request with a session that Didit confirms; replay its message afterwards")
        {
            name, session, isKey, reason, yes,
        };
        command.SetAction((parsed, cancellation) => host.RunWithBrokerAsync<KeyAdoptCommand>(
            adopt => KeyCommands.ReadingAsync(() => adopt.RunAsync(
                parsed.GetRequiredValue(name), parsed.GetValue(isKey), parsed.GetRequiredValue(session), parsed.GetValue(reason),
                parsed.GetValue(yes), cancellation)),
            cancellation));
        return command;
    }

    private async Task<int> RunAsync(
        string name, bool isKey, string session, string? reason, bool yes, CancellationToken cancellation)
    {
        var adoption = await adoptions.PrepareAsync(broker, await finder.FindAsync(name, isKey), session, reason, cancellation);
        foreach (var doubt in adoption.Doubts)
        {
            output.WriteNote("Warning: " + doubt);
        }

        if (!adoption.IsDone && !yes)
        {
            output.WriteText($"Would complete {Named(adoption)} with {InWords(adoption.Session)}. {CommonOptions.NothingChanged}");
            return ExitCodes.Done;
        }

        if (!adoption.IsDone)
        {
            await ApplyAsync(adoption, reason);
        }

        output.WriteText(adoption.IsDone
            ? $"Already: the record of {Named(adoption)} is completed with session {adoption.Session.Id}."
            : $"Adopted: {Named(adoption)} is completed with {InWords(adoption.Session)}.");
        output.WriteText("Its publisher gets the answer with the next delivery. While the message is parked:");
        output.WriteText($"  diditworker dead-letters replay {ShellWord.Of(adoption.RequestId ?? adoption.Key.ToString())} --yes");
        return ExitCodes.Done;
    }

    private Task ApplyAsync(Adoption adoption, string? reason)
    {
        var result = "not completed";
        return audit.AroundAsync(
            ("keys adopt", $"{Named(adoption)}, session {adoption.Session.Id}", reason), "begun",
            async () =>
            {
                await adoptions.ApplyAsync(adoption);
                result = adoption.Record is { } before ? $"completed; it was {before.State}" : "completed; there was no record";
            },
            () => result);
    }

    private static string InWords(DiditSession session) => $"session {session.Id} ({session.Status})";

    private static string Named(Adoption adoption) =>
        adoption.RequestId is { } id ? $"request id {id} (key {adoption.Key})" : $"key {adoption.Key}";
}
