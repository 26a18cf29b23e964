using System.Globalization;
using DiditWorker.Benchmarks.Contenders;
using DiditWorker.IntegrationTests.Servers;

namespace DiditWorker.Benchmarks.Running;

/// <summary>What each worker of a pair used for a message, round by round.</summary>
/// <param name="Entry">Who.</param>
/// <param name="Cpu">User and system time, in microseconds.</param>
/// <param name="Allocated">On the managed heap, in bytes.</param>
/// <param name="PeakMemory">Largest resident memory of the process, in bytes.</param>
internal sealed record Paired(Entry Entry, IReadOnlyList<double> Cpu, IReadOnlyList<double> Allocated, long PeakMemory);

/// <summary>
/// Several workers on one queue at the same time: whatever the machine does meanwhile, it does to all of them. What is measured is the CPU
/// of each for a message of its own; how fast they are, they decide together.
/// </summary>
internal static class Pairing
{
    private const int Known = 10_000;
    private const int PerRound = 20_000;
    private const int WarmUps = 3;

    // The warm-ups overlap, so that there are duplicates among new messages; what is measured does not.
    private const int FirstRound = ((WarmUps - 1) * Known) + PerRound;

    /// <summary>Runs all rounds.</summary>
    /// <param name="stage">The servers.</param>
    /// <param name="entries">Workers, two or three; with more they are busy waiting for the processors.</param>
    /// <param name="first">New messages, or duplicates.</param>
    /// <param name="settings">Of each.</param>
    /// <param name="rounds">How many.</param>
    public static async Task<IReadOnlyList<Paired>> RunAsync(
        Stage stage, IReadOnlyList<Entry> entries, bool first, ContenderSettings settings, int rounds)
    {
        await stage.ResetAsync(keepAnswers: false);
        var workers = entries.Select(entry => new Worker(entry, settings)).ToList();
        try
        {
            for (var i = 0; i < WarmUps; i++)
            {
                await stage.Queues.FillAsync(Messages(i * Known, first));
                await UntilIdleAsync(stage, workers);
            }

            for (var round = 0; round < rounds; round++)
            {
                workers.ForEach(worker => worker.Process.Freeze(frozen: true));
                await stage.Queues.FillAsync(Messages(FirstRound + (round * PerRound), first));
                workers.ForEach(worker => worker.Process.Freeze(frozen: false));
                await Task.WhenAll(workers.Select(worker => worker.BeginAsync()));
                await Measuring.FallsToAsync(stage.Queues.WaitingAsync, (uint)(workers.Count * settings.Prefetch));
                await Task.WhenAll(workers.Select(worker => worker.EndAsync()));
                await UntilIdleAsync(stage, workers);
            }

            return [.. workers.Select(worker => worker.Result)];
        }
        finally
        {
            await Task.WhenAll(workers.Select(worker => worker.DisposeAsync().AsTask()));
        }
    }

    private static IEnumerable<int> Messages(int from, bool first) => first
        ? Enumerable.Range(from, PerRound)
        : Enumerable.Range(0, PerRound).Select(i => i % Known);

    private static async Task UntilIdleAsync(Stage stage, List<Worker> workers)
    {
        await Measuring.FallsToAsync(stage.Queues.WaitingAsync, 0);
        await Task.WhenAll(workers.Select(worker => worker.Process.UntilIdleAsync()));
    }

    private sealed class Worker : IAsyncDisposable
    {
        private const string Deliveries = "diditworker_deliveries_total{";
        private readonly HttpClient _http = new();
        private readonly string _address = $"http://127.0.0.1:{FreePort.Take()}";
        private readonly List<double> _cpu = [];
        private readonly List<double> _allocated = [];
        private readonly Entry _entry;
        private (Usage Usage, double Deliveries) _before;

        public Worker(Entry entry, ContenderSettings settings)
        {
            var environment = new Dictionary<string, string>(entry.Environment, StringComparer.Ordinal) { ["ASPNETCORE_URLS"] = _address };
            (_entry, Process) = (entry, ContenderProcess.Start(entry with { Environment = environment }, settings));
        }

        public ContenderProcess Process { get; }

        public Paired Result => new(_entry, _cpu, _allocated, Process.PeakMemory);

        public async Task BeginAsync() => _before = (await Process.UsageAsync(), await DeliveriesAsync());

        public async Task EndAsync()
        {
            var usage = await Process.UsageAsync();
            var deliveries = await DeliveriesAsync() - _before.Deliveries;
            _cpu.Add((usage.Cpu - _before.Usage.Cpu).TotalMicroseconds / deliveries);
            _allocated.Add((usage.Allocated - _before.Usage.Allocated) / deliveries);
        }

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            await Process.DisposeAsync();
        }

        private async Task<double> DeliveriesAsync()
        {
            var lines = (await _http.GetStringAsync(new Uri(_address + "/metrics"))).Split('\n');
            return lines.Where(line => line.StartsWith(Deliveries, StringComparison.Ordinal))
                .Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
        }
    }
}
