namespace DiditWorker.DeadLetters;

/// <summary>Files that dead letters are written to.</summary>
internal static class PrivateFile
{
    /// <summary>Begins a new file that only its owner can read (mode 0600).</summary>
    /// <exception cref="IOException">It exists already, or cannot be written.</exception>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new(path, options);
    }
}
