using System.CommandLine;
using System.Globalization;
using DiditWorker.Didit;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Keys;

/// <summary><c>keys show</c></summary>
internal sealed class KeyShowCommand(
    KeyFinder finder, ExcludedSessions excluded, DiditOptions didit, IdempotencyOptions idempotency, Output output)
{
    public static Command Create(OperatorHost host)
    {
        var name = KeyCommands.Name();
        var isKey = KeyCommands.IsKey();
        var json = CommonOptions.Json();
        var command = new Command("show", "Explains the record of a request; never shows the URL of its session") { name, isKey, json };
        command.SetAction((parsed, cancellation) => host.RunAsync<KeyShowCommand>(
            show => KeyCommands.ReadingAsync(
                () => show.RunAsync(parsed.GetRequiredValue(name), parsed.GetValue(isKey), parsed.GetValue(json))),
            cancellation));
        return command;
    }

    private async Task<int> RunAsync(string name, bool isKey, bool json)
    {
        var found = await finder.FindAsync(name, isKey);
        var view = found.Memory.Record is null ? null : RecordView.Of(found.Memory, found.Ttl, didit.ProtocolSettings(idempotency));
        string[] others = [.. (await excluded.ReadAsync(found.Key)).Order(StringComparer.Ordinal)];
        var takenFor = found.RequestId is null ? "key" : "request-id";
        output.Write(json, new { TakenFor = takenFor, found.RequestId, Key = found.Key.ToString(), Record = view, Excluded = others }, () =>
        {
            if (view is not null)
            {
                output.WriteRows([.. Rows(found, view), .. others.Select(id => ("not its session", id))]);
            }
        });
        return view is not null ? ExitCodes.Done
            : throw new CommandException(ExitCodes.NothingMatched, KeyCommands.NoRecord(found, didit));
    }

    private static IEnumerable<(string Label, string Text)> Rows(FoundKey found, RecordView view)
    {
        yield return ("taken for", found.RequestId is null ? "a key" : $"the request id {found.RequestId}");
        yield return ("key", found.Key.ToString());
        yield return ("state", view.Meaning);
        yield return ("the next delivery would", view.NextDeliveryWould);
        if (view.SessionId is not null)
        {
            var number = view.SessionNumber is { } n ? string.Create(CultureInfo.InvariantCulture, $", number {n}") : "";
            yield return ("session", $"{view.SessionId}{number}, {view.SessionStatus} when the worker got it");
        }

        if (view.Refusal is not null)
        {
            yield return ("refusal", view.Refusal);
        }

        yield return ("owner", view.Owner);
        if (view.LeaseUntil is { } lease)
        {
            // Given back, it is written as 0.
            yield return (
                "lease", lease > found.Memory.At ? $"until {Output.Time(lease)}" : lease == DateTimeOffset.UnixEpoch ? "given back"
                    : $"over since {Output.Time(lease)}");
        }

        yield return ("first attempt", Output.Time(view.FirstAttempt));
        yield return ("last attempt", Output.Time(view.LastAttempt));
        yield return ("attempts", string.Create(
            CultureInfo.InvariantCulture, $"{view.Attempts}; {view.Counted} of {view.MaximumAttempts} count against it"));
        if (view.LastError is { } error)
        {
            yield return ("last error", $"{error}, at {Output.Time(view.LastErrorAt)}");
        }

        if (view.NextTry is { } next)
        {
            yield return ("next try", "not before " + Output.Time(next));
        }

        yield return ("window ends", Output.Time(view.WindowEnds));
        if (view.TtlSeconds is { } ttl)
        {
            yield return ("record lives for", TimeSpan.FromSeconds(ttl).ToString("c", CultureInfo.InvariantCulture));
        }

        yield return ("fingerprint", $"{view.Fingerprint} (another payload under this id is rejected: PayloadMismatch)");
    }
}
