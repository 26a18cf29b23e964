namespace DiditWorker.Hosting;

/// <summary>Tells a name that was misspelt from another name.</summary>
internal static class Spelling
{
    private const int LettersPerMistake = 4;
    private const int MostMistakes = 2;

    /// <summary>
    /// The one of the known names that was most likely meant: the same but for case, <c>_</c>, <c>-</c>, and one letter in four, at most
    /// two.
    /// </summary>
    public static string? Meant(string name, IEnumerable<string> known) => known
        .Select(other => (Name: other, Mistakes: Distance(Plain(name), Plain(other))))
        .Where(other => other.Mistakes <= Math.Min(MostMistakes, other.Name.Length / LettersPerMistake))
        .OrderBy(other => other.Mistakes)
        .Select(other => other.Name)
        .FirstOrDefault();

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant();

    // Letters that are put in, left out or exchanged (Levenshtein).
    private static int Distance(string one, string other)
    {
        if (Math.Abs(one.Length - other.Length) > MostMistakes)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var before = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                (before, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, before + (one[i - 1] == other[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }
}
