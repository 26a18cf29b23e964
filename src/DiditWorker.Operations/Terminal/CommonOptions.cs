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

    /// <summary><c>--reason</c>, which is not blank.</summary>
    public static Option<string?> Reason(string description, bool required = false)
    {
        var option = new Option<string?>("--reason") { Description = description, Required = required };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && string.IsNullOrWhiteSpace(result.Tokens[0].Value))
            {
                result.AddError("--reason: must not be blank; it goes into the audit");
            }
        });
        return option;
    }

    /// <summary>A time such as <c>90s</c>, <c>5m</c> or <c>1h</c>.</summary>
    public static Option<TimeSpan?> Duration(string name, string description, TimeSpan longest) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = Token(result);
            if (ReadDuration(text) is { } duration && duration > TimeSpan.Zero && duration <= longest)
            {
                return duration;
            }

            result.AddError($"{name} {text}: expected a time such as 90s, 5m or 1h");
            return null;
        },
    };

    /// <summary>The first word that was given for it; empty without one.</summary>
    public static string Token(SymbolResult result) => result.Tokens.Count > 0 ? result.Tokens[0].Value : "";

    /// <summary>A number of up to five digits and its unit: <c>s</c>, <c>m</c>, <c>h</c> or <c>d</c>. Null: it is none.</summary>
    public static TimeSpan? ReadDuration(string text)
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
