using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace DiditWorker.Operations.Terminal;

/// <summary>Options that several commands have, written once.</summary>
internal static class CommonOptions
{
    /// <summary><c>--json</c></summary>
    public static Option<bool> Json() => new("--json") { Description = "Print JSON in place of tables" };

    /// <summary><c>--yes</c></summary>
    /// <param name="otherwise">What the command does without it.</param>
    public static Option<bool> Yes(string otherwise = "the command only says what it would do") =>
        new("--yes") { Description = $"Do it; without it, {otherwise}" };

    /// <summary>Adds <c>--dry-run</c> to all commands that have <c>--yes</c>: what they do without that, said aloud.</summary>
    public static void AddDryRun(Command command)
    {
        foreach (var inner in command.Subcommands)
        {
            AddDryRun(inner);
        }

        if (command.Options.FirstOrDefault(option => option.Name == "--yes") is { } yes)
        {
            var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be done, as without --yes" };
            command.Add(dryRun);
            command.Validators.Add(result =>
            {
                if (result.GetResult(yes) is { Implicit: false } && result.GetResult(dryRun) is { Implicit: false })
                {
                    result.AddError("--dry-run and --yes exclude each other");
                }
            });
        }
    }

    /// <summary>Ends what a command says without <c>--yes</c>.</summary>
    public const string NothingChanged = "Nothing was changed: add --yes.";

    /// <summary><c>--reason</c>, which is not blank.</summary>
    public static Option<string?> Reason(string description, bool required = false)
    {
        var option = new Option<string?>("--reason") { Description = description, Required = required };
        option.Validators.Add(Require(text => !string.IsNullOrWhiteSpace(text), "--reason: must not be blank; it goes into the audit"));
        return option;
    }

    /// <summary>A validator of one word.</summary>
    /// <param name="holds">What the word must be.</param>
    /// <param name="error">For people; <c>{0}</c> stands for the word.</param>
    public static Action<SymbolResult> Require(Func<string, bool> holds, string error) => result =>
    {
        if (result.Tokens.Count == 1 && !holds(Token(result)))
        {
            result.AddError(error.Replace("{0}", Token(result), StringComparison.Ordinal));
        }
    };

    /// <summary>A number with a default.</summary>
    public static Option<T> Number<T>(string name, string description, T fallback, Func<T, bool> holds, string expected)
        where T : struct, IParsable<T> => new(name)
        {
            Description = description,
            DefaultValueFactory = _ => fallback,
            CustomParser = result => Parsed<T>(
                result, name,
                text => T.TryParse(text, CultureInfo.InvariantCulture, out var n) && holds(n) ? n : null, expected) ?? default,
        };

    /// <summary>A whole number without a default, in digits only.</summary>
    public static Option<int?> Digits(string name, string description, Func<int, bool> holds, string expected) => new(name)
    {
        Description = description,
        CustomParser = result => Parsed<int>(
            result, name,
            text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && holds(n) ? n : null, expected),
    };

    /// <summary>A time such as <c>90s</c>, <c>5m</c> or <c>1h</c>.</summary>
    public static Option<TimeSpan?> Duration(string name, string description, TimeSpan longest) => new(name)
    {
        Description = description,
        CustomParser = result => Parsed<TimeSpan>(
            result, name, text => ReadDuration(text) is { } time && time > TimeSpan.Zero && time <= longest ? time : null,
            "a time such as 90s, 5m or 1h"),
    };

    /// <summary>A point in time, or an age.</summary>
    public static Option<DateTimeOffset?> Time(string name, string description) => new(name)
    {
        Description = description + ": ISO 8601 (UTC unless it says otherwise), or an age such as 90m, 12h or 7d",
        CustomParser = result =>
            Parsed(result, name, ReadTime, "a time such as 2026-11-24T03:00:00Z, or an age such as 90m, 12h or 7d"),
    };

    /// <summary>A point in time, or how long it is until then.</summary>
    public static Option<DateTimeOffset?> TimeAhead(string name, string description) => new(name)
    {
        Description = description + ": ISO 8601 (UTC unless it says otherwise), or how long from now, such as 90s, 2m or 12h",
        CustomParser = result => Parsed(
            result, name, text => ReadDuration(text) is { } wait ? TimeProvider.System.GetUtcNow() + wait : ReadMoment(text),
            "a time such as 2026-11-24T03:00:00Z, or how long from now, such as 90s, 2m or 12h"),
    };

    private static T? Parsed<T>(ArgumentResult result, string name, Func<string, T?> read, string expected)
        where T : struct
    {
        var value = read(Token(result));
        if (value is null)
        {
            result.AddError($"{name} {Token(result)}: expected {expected}");
        }

        return value;
    }

    private static DateTimeOffset? ReadTime(string text) =>
        ReadDuration(text) is { } age ? TimeProvider.System.GetUtcNow() - age : ReadMoment(text);

    private static DateTimeOffset? ReadMoment(string text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
        ? time
        : null;

    // The first word that was given for it; empty without one.
    private static string Token(SymbolResult result) => result.Tokens.Count > 0 ? result.Tokens[0].Value : "";

    // A number of up to five digits and its unit; null: it is none.
    private static TimeSpan? ReadDuration(string text)
    {
        if (text.Length is < 2 or > 6 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => null,
        };
    }
}
