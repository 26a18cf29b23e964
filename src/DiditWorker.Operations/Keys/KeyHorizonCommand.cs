using System.CommandLine;
using System.Globalization;
using DiditWorker.Didit;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Terminal;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Keys;

/// <summary><c>keys horizon</c></summary>
internal static class KeyHorizonCommand
{
    private const string Nothing = "--nothing-was-lost";
    private const string Something = "--something-was-lost";

    public static Command Create(OperatorHost host, Output output)
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
        command.SetAction((parsed, cancellation) => host.RunAsync(
            async (services, _) =>
            {
                var change = parsed.GetValue(nothing) ? Nothing : parsed.GetValue(something) ? Something : null;
                await ShowAsync(services, change, parsed.GetValue(yes) ? parsed.GetValue(reason) : null, output, parsed.GetValue(json));
                return ExitCodes.Done;
            },
            cancellation));
        return command;
    }

    // Reason: null where nothing is to be changed now.
    private static async Task ShowAsync(IServiceProvider services, string? change, string? reason, Output output, bool json)
    {
        var horizon = services.GetRequiredService<Horizon>();
        if (change == Nothing)
        {
            await output.Notes.WriteLineAsync(
                "Warning: if a request was sent and its record is gone, a copy of its message that nothing marks can make a second "
                    + "session.");
        }

        if (change is not null && reason is not null)
        {
            await ChangeAsync(services, horizon, change, reason, output.Notes);
        }

        var didit = services.GetRequiredService<DiditOptions>();
        Write(await horizon.ReadAsync(), didit, output, json);
        if (change is not null && !json)
        {
            await output.Text.WriteLineAsync(reason is not null ? "Done." : change == Nothing
                ? "Would count as if Redis had always remembered. Add --yes to do it."
                : "Would count as if Redis remembered from now on. Add --yes to do it.");
        }
    }

    private static Task ChangeAsync(IServiceProvider services, Horizon horizon, string change, string reason, TextWriter notes)
    {
        HorizonReading? after = null;
        return Audited.RunAsync(
            services.GetRequiredService<AuditLog>(), notes, ("keys horizon", change[2..], reason), "begun",
            async () => after = await (change == Nothing ? horizon.NothingWasLostAsync() : horizon.SomethingWasLostAsync()),
            () => after is null ? "not all markers were written"
                : string.Create(CultureInfo.InvariantCulture, $"{after.Markers} markers were written"));
    }

    private static void Write(HorizonReading reading, DiditOptions didit, Output output, bool json)
    {
        var period = didit.IdempotencyWindow + didit.WindowMargin;
        var (until, words) = (reading.GuardedUntil(period), reading.InWords(period, didit.LookupBeforeResend));
        if (json)
        {
            output.WriteJson(
                new
                {
                    reading.At,
                    reading.Since,
                    IsYoung = until is not null,
                    GuardedUntil = until,
                    reading.Markers,
                    reading.Missing,
                    Meaning = words
                });
            return;
        }

        var isOne = reading.Markers == 1;
        output.WriteRows(
        [
            ("Redis remembers since", reading.Missing == reading.Markers ? "nothing was claimed yet: it begins with the first message"
                : reading.Since == DateTimeOffset.UnixEpoch ? "ever, as an operator said" : Output.Time(reading.Since)),
            ("so", isOne ? words : "in the slot that began last: " + words),
            .. isOne ? [] : new[] { ("slots", string.Create(CultureInfo.InvariantCulture,
                $"{reading.Markers - reading.Missing} of {reading.Markers} have begun; each begins with its first message")) },
        ]);
    }
}
