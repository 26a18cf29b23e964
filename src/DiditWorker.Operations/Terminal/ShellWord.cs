namespace DiditWorker.Operations.Terminal;

/// <summary>A word of a command that an operator is to paste.</summary>
internal static class ShellWord
{
    private const string Plain = "-_./:@%+,";

    /// <summary>As a shell reads it: as it is, or in quotes.</summary>
    public static string Of(string word) =>
        word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || Plain.Contains(letter, StringComparison.Ordinal))
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
