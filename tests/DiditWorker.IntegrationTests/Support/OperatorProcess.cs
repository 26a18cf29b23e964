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
        var start = StartOf(arena, "dotnet", [Executable, .. command]);
        if (heapMegabytes is { } limit)
        {
            start.Environment[WorkerProcess.HeapLimit] = WorkerProcess.HeapLimitOf(limit);
        }

        // What it prints is little, so that it can wait in the pipe for a reader, if there is one.
        return Process.Start(start)!;
    }

    /// <summary>The same at a pseudo-terminal of <c>script</c> (util-linux), as wide as it is asked for.</summary>
    /// <param name="arena">Where.</param>
    /// <param name="width">Of the terminal.</param>
    /// <param name="columns">The variable COLUMNS; null: there is none.</param>
    /// <param name="command">What; no word of it needs quotes.</param>
    public static Process StartAtTerminal(Arena arena, int width, int? columns, params string[] command)
    {
        var start = StartOf(arena, "script", ["-qec", $"stty cols {width}; dotnet {Executable} {string.Join(' ', command)}", "/dev/null"]);
        start.RedirectStandardInput = true;
        start.Environment["TERM"] = "xterm";
        start.Environment.Remove("COLUMNS");
        if (columns is { } set)
        {
            start.Environment["COLUMNS"] = $"{set}";
        }

        return Process.Start(start)!;
    }

    private static string Executable => typeof(Hosting.WorkerServices).Assembly.Location;

    private static ProcessStartInfo StartOf(Arena arena, string program, string[] args)
    {
        var start = new ProcessStartInfo(program, args)
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (var (key, value) in arena.Settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return start;
    }

    /// <summary>
    /// SIGTERM, which ends a command as Ctrl+C does; SIGINT itself is ignored by whatever a script has started in the background.
    /// </summary>
    public static void Terminate(Process process) => Kill(process.Id, 15).ShouldBe(0);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
