namespace DiditWorker.Operations.Terminal;

/// <summary>
/// Fits texts into a width without ever breaking a word: an id, a setting or a number stays whole, so that it can be copied.
/// </summary>
internal static class Layout
{
    private const int LongestLabel = 24;
    private const string Gap = "  ";
    private const string Cut = " …";

    /// <summary>A text as lines of at most a width, as far as its words allow.</summary>
    public static IReadOnlyList<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        foreach (var word in WordsOf(text))
        {
            if (lines.Count > 0 && lines[^1].Length + 1 + word.Length <= width)
            {
                lines[^1] += " " + word;
            }
            else
            {
                lines.Add(word);
            }
        }

        return lines.Count == 0 ? [""] : lines;
    }

    /// <summary>A line that is cut between two words where it is too long.</summary>
    public static string CutTo(string line, int? width)
    {
        if (width is not { } most || line.Length <= most)
        {
            return line;
        }

        var space = line.LastIndexOf(' ', Math.Max(0, most - Cut.Length));
        var head = space < 0 ? "" : line[..space].TrimEnd();

        // Its first word is wider: it is not broken for that.
        return head.Length == 0 ? line.TrimStart().Split(' ')[0] : head + Cut;
    }

    /// <summary>
    /// A table without frames, with a line for each row where there is room for that. Where there is none, cells take several lines; where
    /// not even their words fit side by side, a row becomes a list of its cells.
    /// </summary>
    /// <param name="columns">Their names; all empty: no head.</param>
    /// <param name="rows">Texts.</param>
    /// <param name="width">Of the terminal; null: there is none, and a row is a line.</param>
    public static IEnumerable<string> Table(string[] columns, IEnumerable<string[]> rows, int? width)
    {
        var body = rows.Select(row => row.Select(OneLine).ToArray()).ToList();
        var all = columns.Any(name => name.Length > 0) ? body.Prepend(columns).ToList() : body;
        var wanted = Widest(all, columns.Length, cell => cell.Length);
        if (width is not { } room)
        {
            return all.SelectMany(row => Row(row, wanted));
        }

        var needed = Widest(all, columns.Length, cell => WordsOf(cell).Select(word => word.Length).DefaultIfEmpty(0).Max());
        room -= Gap.Length * (columns.Length - 1);
        return needed.Sum() > room
            ? body.SelectMany(row => List(columns.Zip(row), width).Append(""))
            : all.SelectMany(row => Row(row, Fitted(wanted, needed, room)));
    }

    /// <summary>
    /// A label and a text on each line; a text that is too wide goes on below its beginning, and one with a long label begins below that.
    /// </summary>
    public static IEnumerable<string> List(IEnumerable<(string Label, string Text)> rows, int? width)
    {
        var all = rows.Select(row => (Label: OneLine(row.Label), Text: OneLine(row.Text))).ToList();
        var most = width is { } room ? Math.Max(LongestLabel, room / 3) : int.MaxValue;
        var labels = all.Select(row => row.Label.Length).Where(length => length <= most).DefaultIfEmpty(0).Max();
        int[] widths = [labels, width is { } wide ? Math.Max(1, wide - labels - Gap.Length) : int.MaxValue];
        return all.SelectMany(row => row.Label.Length <= most ? Row([row.Label, row.Text], widths)
            : Row(["", row.Text], widths).Prepend(row.Label));
    }

    /// <summary>A text on one line, and without what would command a terminal.</summary>
    public static string OneLine(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character)) : text;

    private static IEnumerable<string> Row(string[] cells, int[] widths)
    {
        var lines = cells.Select((cell, column) => cell.Length <= widths[column] ? [cell] : Wrap(cell, widths[column])).ToArray();
        return Enumerable.Range(0, lines.Max(cell => cell.Count)).Select(line => string.Join(Gap, lines.Select(
            (cell, column) => (line < cell.Count ? cell[line] : "").PadRight(column < lines.Length - 1 ? widths[column] : 0))).TrimEnd());
    }

    // The widest column gives way first.
    private static int[] Fitted(int[] wanted, int[] needed, int room)
    {
        var widths = wanted.ToArray();
        while (widths.Sum() > room)
        {
            widths[Enumerable.Range(0, widths.Length).Where(column => widths[column] > needed[column]).MaxBy(column => widths[column])]--;
        }

        return widths;
    }

    private static int[] Widest(List<string[]> rows, int columns, Func<string, int> width) =>
        [.. Enumerable.Range(0, columns).Select(column => rows.Select(row => width(row[column])).DefaultIfEmpty(0).Max())];

    // A date and its time are one word, and so are digits in groups.
    private static List<string> WordsOf(string text)
    {
        var words = new List<string>();
        foreach (var part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (words.Count > 0 && char.IsAsciiDigit(words[^1][^1]) && char.IsAsciiDigit(part[0]))
            {
                words[^1] += " " + part;
            }
            else
            {
                words.Add(part);
            }
        }

        return words;
    }
}
