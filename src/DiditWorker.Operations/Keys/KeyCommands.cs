using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using DiditWorker.Didit;
using DiditWorker.Operations.Replay;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;

namespace DiditWorker.Operations.Keys;

/// <summary><c>diditworker keys …</c>, and what its commands share.</summary>
internal static partial class KeyCommands
{
    public static Command Create(OperatorHost host) => new(
        "keys", "The record that Redis holds of a request: look at it, complete it with a session, say which sessions are not its own, "
            + "forget it; and since when Redis remembers. Nothing is changed without --yes.")
    {
        KeyShowCommand.Create(host),
        KeyAdoptCommand.Create(host),
        KeyExcludeCommand.Create(host),
        KeyForgetCommand.Create(host),
        KeyHorizonCommand.Create(host),
    };

    public static Argument<string> Name()
    {
        var name = new Argument<string>("ID|KEY")
        { Description = "A request id, or the key. A UUID is a request id if that has a record, else the key; --key decides it" };
        name.Validators.Add(CommonOptions.Require(
            text => text.Length is > 0 and <= RequestId.MaxLength, $"ID|KEY: expected 1 to {RequestId.MaxLength} characters"));
        return name;
    }

    public static Option<bool> IsKey() => new("--key") { Description = "ID|KEY is the key, whatever else it could be" };

    /// <summary>A validator of ids of sessions.</summary>
    public static void RequireSessions(SymbolResult result)
    {
        if (!result.Tokens.All(token => SessionPattern().IsMatch(token.Value)))
        {
            result.AddError("SESSION: expected the id of a session: letters, digits and hyphens");
        }
    }

    /// <summary>Runs what reads a record; one that cannot be read ends it with a clear text.</summary>
    public static async Task<int> ReadingAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (UnknownRecordException exception)
        {
            throw new CommandException(ExitCodes.SomeFailed,
                exception.Message
                    + " It is neither trusted nor changed; its messages wait. Use the executable of the worker that wrote it.");
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            throw new CommandException(ExitCodes.SomeFailed,
                $"The record's answer cannot be read ({exception.Message}). It is neither trusted nor changed. "
                + "Set Idempotency:EncryptionKeyFile as the worker that wrote it had it; "
                + "if it is damaged, its messages wait until it ends or an operator forgets it (keys release).");
        }
    }

    /// <summary>What it means that there is no record, and what to do.</summary>
    public static string NoRecord(FoundKey found, DiditOptions didit) =>
        $"No record of {found}{(found.OrKey is null ? "" : ", nor under it as a key")}: it never came here, or its window is over, or "
            + "Redis lost it. "
        + ReplayWithoutRecord.InWords(didit);

    [GeneratedRegex("^[A-Za-z0-9-]{1,100}\\z", RegexOptions.None, 1000)]
    private static partial Regex SessionPattern();
}
