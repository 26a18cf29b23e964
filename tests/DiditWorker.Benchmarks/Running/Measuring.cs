using System.Diagnostics;
using DiditWorker.Benchmarks.Contenders;

namespace DiditWorker.Benchmarks.Running;

/// <summary>
/// Measures a contender at a full queue. First it works off the warm-up and is left alone until its just-in-time compiler has nothing left
/// to do; then it is frozen (SIGSTOP) while the queue is filled. The time runs from when it wakes to when the queue is empty: what it then
/// has in hand is as much as it had been given while it was frozen, so that each counts what it finished.
/// </summary>
internal static class Measuring
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan NoProgress = TimeSpan.FromSeconds(60);

    /// <summary>One run from an empty start.</summary>
    /// <exception cref="TimeoutException">Nothing moved for a minute.</exception>
    /// <param name="stage">The servers.</param>
    /// <param name="entry">Who.</param>
    /// <param name="workload">What.</param>
    /// <param name="settings">How.</param>
    /// <param name="replicas">Processes of the contender.</param>
    /// <param name="prepare">Done to the servers before the contender starts.</param>
    public static async Task<Measurement> RunAsync(
        Stage stage, Entry entry, Workload workload, ContenderSettings settings, int replicas = 1, Func<Task>? prepare = null)
    {
        await stage.ResetAsync(workload.CountsAnswers);
        await (prepare?.Invoke() ?? Task.CompletedTask);
        var processes = Enumerable.Range(0, replicas).Select(_ => ContenderProcess.Start(entry, settings)).ToList();
        try
        {
            await WarmUpAsync(stage, workload, processes);
            processes.ForEach(p => p.Freeze(frozen: true));
            await stage.Simulator.DelayAsync(workload.CreateDelay);
            await stage.Queues.FillAsync(workload.Measured, workload.Kind);
            var waiting = await stage.Queues.WaitingAsync();
            processes.ForEach(p => p.Freeze(frozen: false));
            var before = await UsageAsync(processes);
            var begin = Stopwatch.GetTimestamp();
            await FallsToAsync(stage.Queues.WaitingAsync, 0);
            var after = await UsageAsync(processes);
            var elapsed = Stopwatch.GetElapsedTime(begin);
            await UntilAnsweredAsync(stage, workload, workload.WarmUp.Count + workload.Measured.Count);
            return new(
                waiting, elapsed, after.Cpu - before.Cpu, after.Allocated - before.Allocated, processes.Max(p => p.PeakMemory),
                await stage.SessionsAsync());
        }
        finally
        {
            await Task.WhenAll(processes.Select(p => p.DisposeAsync().AsTask()));
        }
    }

    /// <summary>One run under the eyes of a profiler, which takes a share of its own.</summary>
    /// <returns>CPU of a message, in microseconds, and where it was spent.</returns>
    /// <exception cref="InvalidOperationException">There is no profiler.</exception>
    public static async Task<(double Cpu, IReadOnlyList<IReadOnlyList<string>> Stacks)> ProfileAsync(
        Stage stage, Entry entry, Workload workload, ContenderSettings settings)
    {
        await stage.ResetAsync(workload.CountsAnswers);
        await using var process = ContenderProcess.Start(entry, settings);
        await WarmUpAsync(stage, workload, [process]);
        process.Freeze(frozen: true);
        await stage.Queues.FillAsync(workload.Measured, workload.Kind);
        await using var samples = Samples.Begin(process.Id);
        process.Freeze(frozen: false);
        var before = await process.UsageAsync();
        await FallsToAsync(stage.Queues.WaitingAsync, 0);
        var cpu = (await process.UsageAsync()).Cpu - before.Cpu;
        return (cpu.TotalMicroseconds / workload.Measured.Count, await samples.EndAsync());
    }

    // In two halves: what the first one made the compiler instrument, it compiles for good only once that has been called often as well.
    private static async Task WarmUpAsync(Stage stage, Workload workload, List<ContenderProcess> processes)
    {
        var published = 0;
        foreach (var half in workload.WarmUp.Chunk(Math.Max(1, workload.WarmUp.Count / 2)))
        {
            await stage.Queues.FillAsync(half, workload.Kind == MessageKind.Request ? MessageKind.Request : MessageKind.Raw);
            await UntilAnsweredAsync(stage, workload, published += half.Length);
            await Task.WhenAll(processes.Select(p => p.UntilIdleAsync()));
        }
    }

    private static async Task UntilAnsweredAsync(Stage stage, Workload workload, int count)
    {
        await FallsToAsync(stage.Queues.WaitingAsync, 0);
        if (workload.CountsAnswers)
        {
            await FallsToAsync(async () => (uint)count - Math.Min((uint)count, await stage.Queues.AnsweredAsync()), 0);
        }
    }

    /// <summary>Waits until a number has fallen to this.</summary>
    public static async Task FallsToAsync(Func<Task<uint>> read, uint target)
    {
        var (last, since) = (uint.MaxValue, Stopwatch.GetTimestamp());
        while (true)
        {
            var now = await read();
            if (now <= target)
            {
                return;
            }

            (last, since) = now == last ? (last, since) : (now, Stopwatch.GetTimestamp());
            if (Stopwatch.GetElapsedTime(since) > NoProgress)
            {
                throw new TimeoutException($"{now} messages are left, and none was answered for {NoProgress.TotalSeconds:0} s");
            }

            await Task.Delay(Poll);
        }
    }

    private static async Task<Usage> UsageAsync(List<ContenderProcess> processes)
    {
        var usages = await Task.WhenAll(processes.Select(p => p.UsageAsync()));
        return new(usages.Aggregate(TimeSpan.Zero, (sum, u) => sum + u.Cpu), usages.Sum(u => u.Allocated));
    }
}
