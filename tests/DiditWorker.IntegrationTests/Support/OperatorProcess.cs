using System.Diagnostics;

namespace DiditWorker.IntegrationTests.Support;

/// <summary>A command as a process of its own, so that it can be killed.</summary>
internal static class OperatorProcess
{
    public static Process Start(Arena arena, params string[] command)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Hosting.WorkerSettings).Assembly.Location, .. command])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (var (key, value) in arena.Settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
