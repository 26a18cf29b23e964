using System.ComponentModel;
using System.Diagnostics;
using DiditWorker.IntegrationTests.Servers;

namespace DiditWorker.Benchmarks.Running;

/// <summary>Looks at where a process is a thousand times a second of its processor time, with Linux' <c>perf</c>.</summary>
internal sealed class Samples : IAsyncDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"diditworker-benchmark-{Guid.NewGuid():N}.perf");
    private readonly Process _recording;

    private Samples(int process) => _recording = Start("record", "--quiet", "-F", "997", "-g", "-p", $"{process}", "-o", _file);

    /// <summary>Makes the runtime tell perf the names of what it compiles (.NET documentation, "DOTNET_PerfMapEnabled").</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["DOTNET_PerfMapEnabled"] = "3", ["DOTNET_PerfMapShowOptimizationTiers"] = "0", ["DOTNET_ReadyToRun"] = "0",

        // Else the code lies in mappings that have a name, and perf looks for a file of it.
        ["DOTNET_EnableWriteXorExecute"] = "0",
    };

    /// <summary>Begins.</summary>
    /// <exception cref="InvalidOperationException">perf is not there.</exception>
    public static Samples Begin(int process)
    {
        try
        {
            return new(process);
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException("profile needs perf of Linux on the PATH (Debian: linux-perf)", exception);
        }
    }

    /// <summary>Ends, and reads the stacks: each from where the process was to where it came from.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<string>>> EndAsync()
    {
        Signals.Send(_recording, Signals.Terminate);
        await _recording.WaitForExitAsync();
        using var script = Start("script", "-F", "ip,sym,dso", "-i", _file);
        var stacks = new List<IReadOnlyList<string>>();
        var stack = new List<string>();
        while (await script.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Length > 0)
            {
                // An address and a name.
                stack.Add(line.TrimStart().Split(' ', 2)[^1]);
            }
            else if (stack.Count > 0)
            {
                stacks.Add(stack);
                stack = [];
            }
        }

        return stacks;
    }

    public ValueTask DisposeAsync()
    {
        if (!_recording.HasExited)
        {
            _recording.Kill();
        }

        _recording.Dispose();
        File.Delete(_file);
        return ValueTask.CompletedTask;
    }

    private static Process Start(params string[] arguments) => Process.Start(
        new ProcessStartInfo("perf", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
}
