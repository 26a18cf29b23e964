using System.Diagnostics;
using NUnit.Framework;

namespace DiditWorker.Tests.Deploy;

/// <summary>Programs that these tests use where a machine has them; without one, what needs it is skipped and says so.</summary>
internal static class Programs
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);

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

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; with what it wrote to standard error.</exception>
    public static async Task<string> RunAsync(string program, string directory, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false, WorkingDirectory = directory, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Bound);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await error}{await output}");
    }
}
