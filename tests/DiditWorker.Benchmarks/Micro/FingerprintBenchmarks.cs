using System.Text.Json;
using BenchmarkDotNet.Attributes;
using DiditWorker.Protocol;
using DiditWorker.Tests.Idempotency;

namespace DiditWorker.Benchmarks.Micro;

/// <summary>The fingerprint of a payload, by its size.</summary>
[MemoryDiagnoser]
[Config(typeof(MicroConfig))]
public class FingerprintBenchmarks
{
    public static IEnumerable<Case<JsonElement>> All() =>
        [new("small", Payloads.Small), new("typical", Payloads.Typical), new("large", Payloads.Large)];

    [Benchmark(Baseline = true)]
    [ArgumentsSource(nameof(All))]
    public string OfBefore(Case<JsonElement> payload) => FirstFingerprint.Of(payload.Value);

    [Benchmark]
    [ArgumentsSource(nameof(All))]
    public string Of(Case<JsonElement> payload) => Fingerprint.Of(payload.Value);
}
