namespace DiditWorker.Tests.Shared;

/// <summary>The source tree that the tests were built in. The compiler's own idea of it is no path in a deterministic build.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "DiditWorker.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException("DiditWorker.sln is in no directory above the tests.");
    }
}
