using System.CommandLine;
using System.Globalization;
using DiditWorker.Didit;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Terminal;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Keys;

/// <summary><c>keys horizon</c></summary>
internal sealed class KeyHorizonCommand(Horizon horizon, DiditOptions didit, AuditLog audit, Output output)
{
    private const string Nothing = "--nothing-was-lost";
    private const string Something = "--something-was-lost";

    public static Command Create(OperatorHost host)
    {
        var nothing = new Option<bool>(Nothing)
        { Description = "No record was lost, or there was none yet: creates need no look-up for its sake" };
        var something = new Option<bool>(Something)
        { Description = "Records were lost, for example by an old backup: Redis remembers from now on" };
        var reason = CommonOptions.Reason("Why; goes into the audit. Needed with the two above");
        var (yes, json) = (CommonOptions.Yes(), CommonOptions.Json());
        var command =
            new Command("horizon", "Since when Redis remembers, and what follows; after a loss of data, or before a first start, sets it")
        {
            nothing, something, reason, yes, json,
        };
        command.Validators.Add(result =>
        {
            var changes = new[] { nothing, something }.Count(option => result.GetValue(option));
            if (changes > 1)
            {
                result.AddError($"Either {Nothing} or {Something}");
            }
            else if (changes == 1 && result.GetValue(reason) is null)
            {
                result.AddError("--reason: say why; it goes into the audit");
            }
            else if (changes == 0 && result.GetValue(yes))
            {
                result.AddError($"--yes: there is nothing to do without {Nothing} or {Something}");
            }
        });
        command.SetAction((parsed, cancellation) => host.RunAsync<KeyHorizonCommand>(
            horizon => horizon.RunAsync(
                parsed.GetValue(nothing) ? Nothing : parsed.GetValue(something) ? Something : null,
                parsed.GetValue(yes) ? parsed.GetValue(reason) : null, parsed.GetValue(json)),
            cancellation));
        return command;
    }

    // Reason: null where nothing is to be changed now.
    private async Task<int> RunAsync(string? change, string? reason, bool json)
    {
        if (change == Nothing)
        {
            output.WriteNote(
                "Warning: if a request was sent and its record is gone, a copy of its message that nothing marks can make a second "
                    + "session.");
        }

        if (change is not null && reason is not null)
        {
            await ChangeAsync(change, reason);
        }

        Write(await horizon.ReadAsync(), json);
        if (change is not null && !json)
        {
            output.WriteText(reason is not null ? "Done."
                : $"Would count as if Redis {(change == Nothing ? "had always remembered" : "remembered from now on")}. "
                    + CommonOptions.NothingChanged);
        }

        return ExitCodes.Done;
    }

    private Task ChangeAsync(string change, string reason)
    {
        HorizonReading? after = null;
        return audit.AroundAsync(
            ("keys horizon", change[2..], reason), "begun",
            async () => after = await (change == Nothing ? horizon.NothingWasLostAsync() : horizon.SomethingWasLostAsync()),
            () => after is null ? "not all markers were written"
                : string.Create(CultureInfo.InvariantCulture, $"{after.Markers} markers were written"));
    }

    private void Write(HorizonReading reading, bool json)
    {
        var period = didit.IdempotencyWindow + didit.WindowMargin;
        var (until, words) = (reading.GuardedUntil(period), reading.InWords(period, didit.LookupBeforeResend));
        var isOne = reading.Markers == 1;
        var view = new
        {
            reading.At,
            reading.Since,
            IsYoung = until is not null,
            GuardedUntil = until,
            reading.Markers,
            reading.Missing,
            Meaning = words,
        };
        output.Write(json, view, () => output.WriteRows(
        [
            ("Redis remembers since", reading.Missing == reading.Markers ? "nothing was claimed yet: it begins with the first message"
                : reading.Since == DateTimeOffset.UnixEpoch ? "ever, as an operator said" : Output.Time(reading.Since)),
            ("so", isOne ? words : "in the slot that began last: " + words),
            .. isOne ? [] : new[] { ("slots", string.Create(CultureInfo.InvariantCulture,
                $"{reading.Markers - reading.Missing} of {reading.Markers} have begun; each begins with its first message")) },
        ]));
    }
}
