using System.CommandLine;
using System.Globalization;
using DiditWorker.Didit;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;

namespace DiditWorker.Operations.Keys;

/// <summary><c>keys show</c></summary>
internal static class KeyShowCommand
{
    public static Command Create(OperatorHost host, Output output)
    {
        var name = KeyCommands.Name();
        var isKey = KeyCommands.IsKey();
        var json = CommonOptions.Json();
        var command = new Command("show", "Explains the record of a request; never shows the URL of its session") { name, isKey, json };
        command.SetAction((parsed, cancellation) => host.RunAsync(
            (services, _) => KeyCommands.ReadingAsync(async () =>
            {
                var found = await KeyCommands.FindAsync(services, parsed.GetValue(name)!, parsed.GetValue(isKey));
                var didit = services.GetRequiredService<DiditOptions>();
                var view = found.Memory.Record is null ? null
                    : RecordView.Of(found.Memory, found.Ttl, didit.ProtocolSettings(services.GetRequiredService<IdempotencyOptions>()));
                if (parsed.GetValue(json))
                {
                    output.WriteJson(
                        new
                        {
                            TakenFor = found.RequestId is null ? "key"
                            : "request-id",
                            found.RequestId,
                            Key = found.Key.ToString(),
                            Record = view
                        });
                }
                else if (view is not null)
                {
                    output.WriteRows(Rows(found, view));
                }

                return view is null ? throw new CommandException(ExitCodes.NothingMatched, KeyCommands.NoRecord(found, didit))
                    : ExitCodes.Done;
            }),
            cancellation));
        return command;
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
