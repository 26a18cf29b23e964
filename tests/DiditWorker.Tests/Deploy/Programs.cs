using NUnit.Framework;

namespace DiditWorker.Tests.Deploy;

/// <summary>Programs that these tests use where a machine has them; without one, what needs it is skipped and says so.</summary>
internal static class Programs
{
    /// <summary>Whether a program is on the path.</summary>
    public static bool Has(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(directory => File.Exists(Path.Combine(directory, OperatingSystem.IsWindows() ? program + ".exe" : program)));

    /// <summary>Ends the test as skipped unless the program is there.</summary>
    public static void Require(string program, string what)
    {
        if (!Has(program))
        {
            Assert.Ignore($"{program} is not installed: {what}");
        }
    }
}
