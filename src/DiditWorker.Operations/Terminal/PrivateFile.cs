namespace DiditWorker.Operations.Terminal;

/// <summary>Files for their owner's eyes only.</summary>
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

    /// <summary>Writes such a file whole or not at all, in place of the one that is there.</summary>
    /// <exception cref="IOException">It cannot be written; what was there is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static async Task ReplaceAsync(string path, Func<Stream, Task> write)
    {
        var unfinished = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            await using (var stream = Create(unfinished))
            {
                await write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}
