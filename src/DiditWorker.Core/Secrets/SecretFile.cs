namespace DiditWorker.Secrets;

/// <summary>What a look at a secret file found.</summary>
public enum SecretChange
{
    /// <summary>What was there the last time, good or bad.</summary>
    None,

    /// <summary>Something new, which is used from now on.</summary>
    Taken,

    /// <summary>Something that cannot be used; what was good before stays in use.</summary>
    Refused,
}

/// <summary>
/// A file that holds a secret and may be replaced while the worker runs. It is read again from time to time, never watched: an orchestrator
/// replaces a link to the directory, which a watcher of the file does not see.
/// </summary>
/// <param name="setting">The setting that names it.</param>
/// <param name="paths">Where it is; several where only together they make sense, as a certificate and its key do.</param>
public abstract class SecretFile(string setting, params string[] paths)
{
    private string? _seen;

    /// <summary>The setting that names it.</summary>
    public string Setting => setting;

    /// <summary>Where it is.</summary>
    public string Path => string.Join(", ", paths);

    /// <summary>What is wrong with what lies there now, fit for a log; null if it is in use.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads it, and takes what is new. Not for several threads at once.</summary>
    public SecretChange Look()
    {
        var text = "";
        string? problem = null;
        try
        {
            text = string.Join('\n', paths.Select(path => File.ReadAllText(path).Trim()));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = "the file cannot be read: " + exception.GetType().Name;
        }

        // Control characters that no text file begins with, so that a failure is never taken for a content.
        var seen = problem is null ? text : "\0" + problem;
        if (seen == _seen)
        {
            return SecretChange.None;
        }

        _seen = seen;
        Problem = problem ?? Take(text);
        return Problem is null ? SecretChange.Taken : SecretChange.Refused;
    }

    /// <summary>Uses this content from now on.</summary>
    /// <returns>Why not, without the content; null if it does.</returns>
    protected abstract string? Take(string text);
}

/// <inheritdoc />
/// <param name="setting">The setting that names it.</param>
/// <param name="read"> Makes the value of the content, without white space at both ends, and of the value before, if there is one. A
/// <see cref="FormatException"/> says what is wrong, without quoting.
/// </param>
/// <param name="paths">Where it is.</param>
public sealed class SecretFile<T>(string setting, Func<string, T?, T> read, params string[] paths) : SecretFile(setting, paths)
    where T : class
{
    private T? _current;

    /// <summary>The last good value.</summary>
    /// <exception cref="InvalidOperationException">It was never looked at, or never good.</exception>
    public T Current => Volatile.Read(ref _current) ?? throw new InvalidOperationException($"{Setting} was never read.");

    /// <inheritdoc />
    protected override string? Take(string text)
    {
        try
        {
            Volatile.Write(ref _current, read(text, _current));
            return null;
        }
        catch (FormatException exception)
        {
            return exception.Message;
        }
    }
}
