using DiditWorker.Verification;

namespace DiditWorker.Hosting;

/// <summary>Tells a name that was misspelt from another name.</summary>
internal static class Spelling
{
    private const int LettersPerMistake = 4;
    private const int MostMistakes = 2;

    /// <summary>
    /// The one of the known names that was most likely meant: the same but for case, <c>_</c>, <c>-</c>, and one letter in four, at most
    /// two; null if none was.
    /// </summary>
    public static string? Meant(string name, IEnumerable<string> known) => known
        .Select(other => (Name: other, Mistakes: EditDistance.Between(Plain(name), Plain(other), MostMistakes)))
        .Where(other => other.Mistakes <= Math.Min(MostMistakes, other.Name.Length / LettersPerMistake))
        .OrderBy(other => other.Mistakes)
        .Select(other => other.Name)
        .FirstOrDefault();

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
