using System.CommandLine;
using System.Text.RegularExpressions;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Terminal;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Keys;

/// <summary><c>keys adopt</c></summary>
internal static partial class KeyAdoptCommand
{
    public static Command Create(OperatorHost host, Output output)
    {
        var name = KeyCommands.Name();
        var session = new Argument<string>("SESSION")
        { Description = "Didit's id of the session, as AmbiguousSession or Didit's console names it" };
        session.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { } id || !SessionPattern().IsMatch(id))
            {
                result.AddError("SESSION: expected the id of a session: letters, digits and hyphens");
            }
        });
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
        command.SetAction((parsed, cancellation) => host.RunAsync(
            (services, broker, token) => KeyCommands.ReadingAsync(async () =>
            {
                var found = await KeyCommands.FindAsync(services, parsed.GetValue(name)!, parsed.GetValue(isKey));
                var adoption = await services.GetRequiredService<KeyAdoption>().PrepareAsync(
                    broker, found, parsed.GetValue(session)!, parsed.GetValue(reason), token);
                foreach (var doubt in adoption.Doubts)
                {
                    await output.Notes.WriteLineAsync("Warning: " + doubt);
                }

                await RunAsync(services, adoption, parsed.GetValue(reason), parsed.GetValue(yes), output.Text);
                return ExitCodes.Done;
            }),
            cancellation));
        return command;
    }

    private static async Task RunAsync(IServiceProvider services, Adoption adoption, string? reason, bool yes, TextWriter text)
    {
        if (adoption.IsDone)
        {
            await text.WriteLineAsync($"Already: the record of {Named(adoption)} is completed with session {adoption.Session.Id}.");
        }
        else if (!yes)
        {
            await text.WriteLineAsync(
                $"Would complete {Named(adoption)} with session {adoption.Session.Id} ({adoption.Session.Status}). Add --yes to do it.");
            return;
        }
        else
        {
            await ApplyAsync(services, adoption, reason);
            await text.WriteLineAsync(
                $"Adopted: {Named(adoption)} is completed with session {adoption.Session.Id} ({adoption.Session.Status}).");
        }

        await text.WriteLineAsync(
            "Its publisher gets the answer with the next delivery: diditworker dead-letters replay --id "
                + $"\"{adoption.RequestId ?? adoption.Key.ToString()}\" --yes");
    }

    private static async Task ApplyAsync(IServiceProvider services, Adoption adoption, string? reason)
    {
        var audit = services.GetRequiredService<AuditLog>();
        var selection = $"{Named(adoption)}, session {adoption.Session.Id}";
        try
        {
            await services.GetRequiredService<KeyAdoption>().ApplyAsync(adoption);
        }
        catch (Exception exception) when (exception is CommandException || RedisConnection.IsUnavailable(exception))
        {
            await audit.AddAsync("keys adopt", selection, reason,
                "failed: " + (exception is CommandException ? exception.Message : RedisRefusal.InWords(exception)));
            throw;
        }

        await audit.AddAsync(
            "keys adopt", selection, reason, adoption.Record is { } before ? $"completed; it was {before.State}"
                : "completed; there was no record");
    }

    private static string Named(Adoption adoption) =>
        adoption.RequestId is { } id ? $"request id {id} (key {adoption.Key})" : $"key {adoption.Key}";

    [GeneratedRegex("^[A-Za-z0-9-]{1,100}\\z", RegexOptions.None, 1000)]
    private static partial Regex SessionPattern();
}
