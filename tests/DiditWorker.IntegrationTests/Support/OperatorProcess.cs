using System.Diagnostics;
using System.Runtime.InteropServices;
using Shouldly;

namespace DiditWorker.IntegrationTests.Support;

/// <summary>A command as a process of its own, so that it can be killed.</summary>
internal static class OperatorProcess
{
    public static Process Start(Arena arena, params string[] command) => Start(arena, heapMegabytes: null, command);

    /// <param name="arena">Where.</param>
    /// <param name="heapMegabytes">The runtime ends the process rather than let its heap grow beyond this; null: no limit.</param>
    /// <param name="command">What.</param>
    public static Process Start(Arena arena, int? heapMegabytes, params string[] command)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Hosting.WorkerServices).Assembly.Location, .. command])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (var (key, value) in arena.Settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        if (heapMegabytes is { } limit)
        {
            start.Environment[WorkerProcess.HeapLimit] = WorkerProcess.HeapLimitOf(limit);
        }

        // What it prints is little, so that it can wait in the pipe for a reader, if there is one.
        return Process.Start(start)!;
    }

    /// <summary>
    /// SIGTERM, which ends a command as Ctrl+C does; SIGINT itself is ignored by whatever a script has started in the background.
    /// </summary>
    public static void Terminate(Process process) => Kill(process.Id, 15).ShouldBe(0);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
