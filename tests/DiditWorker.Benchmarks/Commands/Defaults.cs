using DiditWorker.Verification;

namespace DiditWorker.Benchmarks.Commands;

/// <summary>The worker's own, for every contender.</summary>
internal static class Defaults
{
    private static readonly StartVerificationOptions Worker = new();

    public static ushort Prefetch => (ushort)Worker.PrefetchCount;

    public static ushort Concurrency => (ushort)Worker.ConcurrentMessageLimit;
}
