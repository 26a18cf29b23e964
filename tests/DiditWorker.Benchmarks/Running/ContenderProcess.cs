using System.Diagnostics;
using System.IO.Pipes;
using DiditWorker.Benchmarks.Contenders;
using DiditWorker.IntegrationTests.Servers;

namespace DiditWorker.Benchmarks.Running;

/// <summary>What a process has used so far.</summary>
/// <param name="Cpu">User and system time.</param>
/// <param name="Allocated">Bytes on the managed heap, those collected included.</param>
internal readonly record struct Usage(TimeSpan Cpu, long Allocated);

/// <summary>One contender as a process of its own.</summary>
internal sealed class ContenderProcess : IAsyncDisposable
{
    private const double MostWhenIdle = 0.05;
    private static readonly TimeSpan PipeBound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private readonly Process _process;
    private readonly string _pipe;

    private ContenderProcess(Process process, string pipe) => (_process, _pipe) = (process, pipe);

    /// <summary>Of the operating system.</summary>
    public int Id => _process.Id;

    /// <summary>Largest resident memory so far, in bytes.</summary>
    public long PeakMemory
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>Resident memory now, in bytes.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>
    /// Starts one. What it writes to standard output goes nowhere: reading it is the work of somebody else, on other processors.
    /// </summary>
    public static ContenderProcess Start(Entry entry, ContenderSettings settings)
    {
        var isWorker = entry.Name == Contender.Worker;
        var start = new ProcessStartInfo(
            "/bin/sh", ["-c", "exec dotnet \"$@\" >/dev/null", "sh", isWorker ? entry.Worker : typeof(ContenderProcess).Assembly.Location])
        {
            UseShellExecute = false,
        };
        var pipe = $"diditworker-benchmark-{Guid.NewGuid():N}";
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(ContenderProcess).Assembly.Location;
        start.Environment[StartupHook.PipeVariable] = pipe;
        if (!isWorker)
        {
            start.ArgumentList.Add("contender");
            start.ArgumentList.Add(entry.Name);
        }

        foreach (var (key, value) in (isWorker ? Contender.WorkerEnvironment(settings) : settings.ToEnvironment())
            .Concat(entry.Environment))
        {
            start.Environment[key] = value;
        }

        return new(Process.Start(start)!, pipe);
    }

    /// <summary>Waits until it uses next to no processor time, as it does once everything that is called often is compiled.</summary>
    public async Task UntilIdleAsync()
    {
        for (var waited = TimeSpan.Zero; waited < LongestWarmUp; waited += Look)
        {
            var before = Cpu;
            await Task.Delay(Look);
            if (Cpu - before < Look * MostWhenIdle)
            {
                return;
            }
        }
    }

    /// <summary>Takes the processor from it, or gives it back; its connections stay as they are.</summary>
    public void Freeze(bool frozen) => Signals.Send(_process, frozen ? Signals.Stop : Signals.Continue);

    private TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.HasExited
                ? throw new InvalidOperationException($"the contender has ended with exit code {_process.ExitCode}")
                : _process.TotalProcessorTime;
        }
    }

    /// <summary>What it has used so far.</summary>
    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public async Task<Usage> UsageAsync() => new(Cpu, await AllocatedAsync());

    private async Task<long> AllocatedAsync()
    {
        await using var pipe = new NamedPipeClientStream(".", _pipe, PipeDirection.InOut);
        await pipe.ConnectAsync(PipeBound, CancellationToken.None);
        var reply = new byte[sizeof(long)];
        await pipe.ReadExactlyAsync(reply);
        pipe.WriteByte(0);
        return BitConverter.ToInt64(reply);
    }

    /// <summary>Kills it: what it had in hand goes back to its queue, which is deleted next.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
