using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

namespace DiditWorker.Benchmarks.Micro;

/// <summary>Times of single steps: what a message costs the worker itself, without the broker, Redis and Didit.</summary>
internal static class MicroRun
{
    private static readonly Type[] Benchmarks =
        [typeof(KeyBenchmarks), typeof(FingerprintBenchmarks), typeof(DecisionBenchmarks), typeof(RecordBenchmarks),
            typeof(AnswerBenchmarks), typeof(CipherBenchmarks)];

    /// <summary>Runs those that match, and writes tables to <c>artifacts/benchmarks/micro</c> below the current directory.</summary>
    /// <param name="filter">A pattern of BenchmarkDotNet's, for example <c>*Key*</c>; <c>*</c> runs all of them.</param>
    public static void Run(string filter) => BenchmarkSwitcher.FromTypes(Benchmarks).Run(
        ["--filter", filter], DefaultConfig.Instance.WithArtifactsPath(Path.Combine("artifacts", "benchmarks", "micro")));
}
