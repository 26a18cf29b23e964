namespace DiditWorker.Benchmarks.Running;

/// <summary>What one contender did with one workload in one round.</summary>
/// <param name="Messages">In the time that was measured.</param>
/// <param name="Elapsed">That time.</param>
/// <param name="Cpu">Of the contender in it, user and system.</param>
/// <param name="Allocated">Bytes on its managed heap in it.</param>
/// <param name="PeakMemory">Largest resident memory of the process, in bytes.</param>
/// <param name="Sessions">That the simulator made, warm-up included.</param>
internal sealed record Measurement(long Messages, TimeSpan Elapsed, TimeSpan Cpu, long Allocated, long PeakMemory, long Sessions)
{
    public double PerSecond => Messages / Elapsed.TotalSeconds;

    public double CpuMicroseconds => Cpu.TotalMicroseconds / Messages;

    public double AllocatedBytes => (double)Allocated / Messages;

    public double PeakMegabytes => PeakMemory / 1024.0 / 1024.0;
}
