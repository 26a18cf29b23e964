using System.Globalization;
using DiditWorker.IntegrationTests.Support;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>One worker, process after process; it may have a clock of its own.</summary>
internal sealed class Replica(string name, IReadOnlyDictionary<string, string?> settings, TextWriter log, History history)
    : IAsyncDisposable
{
    private const int EndedBySignal = 128 + 15;

    private WorkerProcess? _process;
    private bool _wanted;

    /// <summary>Ends that nobody asked for, and SIGTERMs that did not end well.</summary>
    public List<string> BadEnds { get; } = [];

    /// <summary>What the clock of the next process is off by.</summary>
    public TimeSpan ClockOffset { get; set; }

    public bool IsRunning => _wanted;

    public void Start()
    {
        var all = new Dictionary<string, string?>(settings, StringComparer.Ordinal);
        if (ClockOffset != TimeSpan.Zero && FakeTime.Library is { } library)
        {
            all["LD_PRELOAD"] = library;
            all["FAKETIME"] = string.Create(CultureInfo.InvariantCulture, $"{ClockOffset.TotalSeconds:+0;-0}");
            all["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
        }

        log.WriteLine($"=== {name} starts at {DateTime.UtcNow:O}, clock off by {ClockOffset}");
        _process = WorkerProcess.Start(all, log);
        _wanted = true;
    }

    public Task UntilReadyAsync() => _process!.UntilReadyAsync();

    public async Task KillAsync()
    {
        Check();
        _wanted = false;
        history.Add("fault-kill", detail: name);
        history.Count("workers killed");
        await DisposeAsync();
    }

    public async Task TerminateAsync()
    {
        Check();
        if (!_wanted)
        {
            return;
        }

        _wanted = false;
        history.Add("fault-sigterm", detail: name);
        history.Count("workers ended by SIGTERM");

        // Before .NET has its handler the signal ends the process at once, as it does any other; it has taken nothing by then.
        var started = await _process!.IsLiveAsync();
        if (await _process.TerminateAsync() is var code and not 0 && (started || code != EndedBySignal))
        {
            BadEnds.Add($"{name} ended with {code} after SIGTERM");
        }

        await DisposeAsync();
    }

    /// <summary>Notes an end that nobody asked for.</summary>
    public void Check()
    {
        if (_wanted && _process!.HasExited)
        {
            _wanted = false;
            BadEnds.Add($"{name} ended by itself");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
        }
    }
}
