using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Replay;

/// <summary>The change that <c>--set</c> makes to the one message that is replayed.</summary>
internal sealed class ReplayEdit(DeadLetterReader reader, IdempotencyStore store, TimeProvider time, Output output)
{
    /// <summary>Tries it out, and says what follows.</summary>
    /// <param name="letters">The first of the messages that are meant.</param>
    /// <param name="assignments">As <see cref="MessageEdit.Apply"/> takes them.</param>
    /// <param name="reason">The operator's words.</param>
    /// <returns>Changes the message; null without assignments.</returns>
    /// <exception cref="CommandException">It must not be done; the text says why.</exception>
    public async Task<Func<DeadLetter, DeadLetter>?> TryAsync(IReadOnlyList<DeadLetter> letters, string[] assignments, string? reason)
    {
        if (assignments.Length == 0)
        {
            return null;
        }

        if (letters.Count != 1)
        {
            throw new CommandException(
                ExitCodes.WrongUsage, "--set changes one message: name it by its request id, key or reference. More than one matched.");
        }

        var edit = Apply(letters[0], assignments);
        if (edit.IsNewRequest && letters[0].Delivery is { } old && reason is null
            && (await store.PeekAsync(old.Key)).Memory.Record is { State: not RecordState.Refused } record)
        {
            throw new CommandException(ExitCodes.SomeFailed,
                $"{old.RequestId}: the change makes a new request, and the old one is "
                    + $"{(record.State == RecordState.Completed ? "answered with a session" : "in progress")}: "
                + "there may be two sessions then. Give --reason if that is what you want.");
        }

        output.WriteNote(edit.IsNewRequest
            ? $"The change makes a new request, {edit.Letter.Delivery!.RequestId}, linked to "
                + $"{letters[0].Delivery?.RequestId ?? "a message without an id"} by {ReplayHeaders.EditedFrom}."
            : "The change does not reach Didit: the request id stays.");
        return _ => edit.Letter;
    }

    private MessageEdit Apply(DeadLetter letter, string[] assignments)
    {
        try
        {
            return MessageEdit.Apply(letter, assignments, reader, time.GetUtcNow());
        }
        catch (FormatException exception)
        {
            throw new CommandException(ExitCodes.WrongUsage, exception.Message);
        }
    }
}
