using System.Text.RegularExpressions;

namespace DiditWorker.IntegrationTests.Monitoring;

/// <summary>
/// The names of the metrics in a PromQL expression. Not a parser (Prometheus itself is asked whether an expression parses): it drops what
/// may hold other words, and of the words that are left takes those that are neither functions nor operators. A selector by __name__ alone
/// has no name here and is refused.
/// </summary>
internal static partial class MetricNames
{
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "and", "or", "unless", "atan2", "bool", "offset", "by", "without", "on", "ignoring", "group_left", "group_right", "start", "end",
            "inf", "nan",
    };

    public static IReadOnlySet<string> Of(string expression)
    {
        var rest = Strings().Replace(Comments().Replace(expression, " "), "\"\"");
        if (rest.Contains("__name__", StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"Names are chosen by __name__, so that nothing can be said about them: {expression}", nameof(expression));
        }

        rest = LabelLists().Replace(Ranges().Replace(Matchers().Replace(rest, " "), " "), " ");
        return Identifiers().Matches(rest)
            .Where(word => !word.Groups["call"].Success)
            .Select(word => word.Groups["name"].Value)
            .Where(name => !Words.Contains(name))
            .ToHashSet(StringComparer.Ordinal);
    }

    [GeneratedRegex("""#[^\n"'`]*(?=\n|$)""", RegexOptions.None, 1000)]
    private static partial Regex Comments();

    [GeneratedRegex("""("(\\.|[^"\\])*"|'(\\.|[^'\\])*'|`[^`]*`)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Strings();

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.None, 1000)]
    private static partial Regex Matchers();

    [GeneratedRegex(@"\[[^\]]*\]", RegexOptions.None, 1000)]
    private static partial Regex Ranges();

    [GeneratedRegex(
        @"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelLists();

    // Not within a number or a duration ("5m", "1e9").
    [GeneratedRegex(@"(?<![\w:.])(?<name>[a-zA-Z_:][\w:]*)(?<call>\s*\()?", RegexOptions.None, 1000)]
    private static partial Regex Identifiers();
}
