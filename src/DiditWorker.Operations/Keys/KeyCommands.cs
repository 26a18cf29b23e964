using System.CommandLine;
using System.Security.Cryptography;
using DiditWorker.Didit;
using DiditWorker.Operations.Replay;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;

namespace DiditWorker.Operations.Keys;

/// <summary><c>diditworker keys …</c>, and what its commands share.</summary>
internal static class KeyCommands
{
    public static Command Create(OperatorHost host, Output output) => new(
        "keys", "The record that Redis holds of a request: look at it, complete it with a session, forget it; and since when Redis "
            + "remembers. Nothing is changed without --yes.")
    {
        KeyShowCommand.Create(host, output),
        KeyAdoptCommand.Create(host, output),
        KeyReleaseCommand.Create(host, output),
        KeyHorizonCommand.Create(host, output),
    };

    public static Argument<string> Name() => new("ID|KEY")
    {
        Description = "A request id, or the key. A UUID is a request id if that has a record, else the key; --key decides it",
        Validators =
        {
            result =>
            {
                if (result.GetValueOrDefault<string>() is not { Length: > 0 and <= RequestId.MaxLength })
                {
                    result.AddError($"ID|KEY: expected 1 to {RequestId.MaxLength} characters");
                }
            },
        },
    };

    public static Option<bool> IsKey() => new("--key") { Description = "ID|KEY is the key, whatever else it could be" };

    /// <summary>Finds what is meant.</summary>
    /// <exception cref="CommandException">--key and no UUID.</exception>
    public static Task<FoundKey> FindAsync(IServiceProvider services, string text, bool isKey)
    {
        var finder = services.GetRequiredService<KeyFinder>();
        return !isKey ? finder.FindAsync(text)
            : KeyFinder.KeyIn(text) is { } key ? finder.FindAsync(key)
            : throw new CommandException(ExitCodes.WrongUsage, $"--key: {text} is no UUID, so it is a request id; leave out --key");
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
}
