using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Archive;

/// <summary>What the commands that write an archive share.</summary>
internal static class ArchiveFiles
{
    /// <summary>Begins the file, so that it is known before anything is done whether it can be written.</summary>
    public static async Task<ArchiveWriter> CreateAsync(string path, bool redact, TimeProvider time)
    {
        try
        {
            return await ArchiveWriter.CreateAsync(path, redact, time.GetUtcNow());
        }
        catch (ArchiveException exception)
        {
            throw new CommandException(ExitCodes.WrongUsage, exception.Message + ". Name a file that does not exist yet.");
        }
    }

    /// <summary>Refuses a file that exists.</summary>
    public static void RequireNew(string path)
    {
        if (Path.Exists(path))
        {
            throw new CommandException(ExitCodes.WrongUsage, $"{path} exists already. Name a file that does not exist yet.");
        }
    }
}
