using System.Collections.Concurrent;
using System.Diagnostics;

namespace DiditWorker.IntegrationTests.Servers;

/// <summary>A program with its arguments.</summary>
internal sealed record Command(string Program, params string[] Arguments);

/// <summary>
/// A server as child processes of this one, all working in a directory of their own. The last command is the server; those
/// before it (RabbitMQ's epmd) live as long as it does.
/// </summary>
internal sealed class NativeHost(string directory, Dictionary<string, string> environment, params Command[] commands) : IServerHost
{
    private const int LogTailLines = 40;
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string> _log = new();
    private readonly List<Process> _processes = [];

    public Task StartAsync()
    {
        foreach (var command in commands)
            _processes.Add(Start(command));
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        if (_processes.Count > 0)
        {
            using var bound = new CancellationTokenSource(StopBound);
            Signals.Send(_processes[^1], Signals.Terminate);
            await _processes[^1].WaitForExitAsync(bound.Token);
        }

        await KillAsync();
    }

    public Task PauseAsync(bool paused)
    {
        Signals.Send(_processes[^1], paused ? Signals.Stop : Signals.Continue);
        return Task.CompletedTask;
    }

    public Task<string> LogTailAsync() => Task.FromResult(string.Join(Environment.NewLine, _log));

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        foreach (var process in _processes.AsEnumerable().Reverse())
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _processes.Clear();
    }

    private Process Start(Command command)
    {
        // The working directory is also how a later run recognises what a crashed one left behind.
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Keep(string? line)
    {
        if (line is not null)
            _log.Enqueue(line);
        while (_log.Count > LogTailLines)
            _log.TryDequeue(out _);
    }
}
