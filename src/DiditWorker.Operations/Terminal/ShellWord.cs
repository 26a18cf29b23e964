namespace DiditWorker.Operations.Terminal;

/// <summary>A word of a command that an operator is to paste.</summary>
internal static class ShellWord
{
    private const string Plain = "-_./:@%+,";

    /// <summary>As a shell reads it: as it is, or in quotes.</summary>
    public static string Of(string word) =>
        word.Length > 0 && word.All(character => char.IsAsciiLetterOrDigit(character) || Plain.Contains(character, StringComparison.Ordinal))
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
