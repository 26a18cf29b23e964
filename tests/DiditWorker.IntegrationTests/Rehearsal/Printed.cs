using System.Text.RegularExpressions;

namespace DiditWorker.IntegrationTests.Rehearsal;

/// <summary>What a command prints against the sample in the runbook: the same but for what differs from run to run.</summary>
internal static partial class Printed
{
    private const char Cut = '…';

    /// <summary>Whether the lines are those of the sample. <c>…</c> in it stands for the rest of a line, alone for any lines.</summary>
    public static bool Fits(string sample, string output) =>
        Matches(string.Concat(Masked(sample).Split('\n').Select(PatternOfLine)), Masked(output) + "\n");

    /// <summary>The same of a text that the runbook breaks into lines, and the program does not, such as JSON.</summary>
    public static bool FitsUnbroken(string sample, string output) =>
        Matches(Pattern(Space().Replace(Masked(sample), ""), ".*"), Space().Replace(Masked(output), ""));

    /// <summary>The text with a word in place of what differs from run to run. Columns of a table are two spaces apart.</summary>
    public static string Masked(string text)
    {
        text = Uuid().Replace(text.TrimEnd(), "UUID");
        text = Time().Replace(text, "TIME");
        text = Duration().Replace(text, "DURATION");
        text = Age().Replace(text, "AGE");
        text = Hash().Replace(text, "HASH");
        text = Who().Replace(text, "WHO");
        return string.Join('\n', text.Split('\n').Select(line => Gap().Replace(line.TrimEnd(), "  ")));
    }

    private static string PatternOfLine(string line) =>
        line.Trim() == $"{Cut}" ? @"([^\n]*\n)*?" : Pattern(line, @"[^\n]*") + @"\n";

    private static string Pattern(string line, string cut) => string.Join(cut, line.Split(Cut).Select(Regex.Escape));

    private static bool Matches(string pattern, string text) =>
        Regex.IsMatch(text, $@"\A({pattern})\z", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Uuid();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Time();

    // In a sentence: "2 hours 5 minutes".
    [GeneratedRegex(@"\b\d+ (day|hour|minute|second)s?( \d+ (hour|minute|second)s?)?\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Duration();

    // In a table: "2h5m".
    [GeneratedRegex(@"\b(\d+[dhms]){1,2}\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Age();

    // Of a dead letter, or of a person's id.
    [GeneratedRegex(@"\b[0-9a-f]{12}([0-9a-f]{4})?\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hash();

    [GeneratedRegex(@"[\w.-]+@[\w.-]+", RegexOptions.None, 1000)]
    private static partial Regex Who();

    [GeneratedRegex(" {2,}", RegexOptions.None, 1000)]
    private static partial Regex Gap();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Space();
}
