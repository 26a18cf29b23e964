using BenchmarkDotNet.Attributes;
using DiditWorker.Protocol;
using UUIDNext;

namespace DiditWorker.Benchmarks.Micro;

/// <summary>The key of a request, and the id of its answer.</summary>
[MemoryDiagnoser]
[Config(typeof(MicroConfig))]
public class KeyBenchmarks
{
    private const string Scope = "start-verification";

    private static readonly Guid Namespace = new("6f1c1a52-6f0c-5d0e-9d0f-3b1a6f8f2f5e");
    private static readonly IdempotencyKey Key = IdempotencyKey.Create(Scope, "order-42");

    public static IEnumerable<Case<string>> Ids() =>
    [
        new("UUID", "0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11"),
        new("UUID, upper case", "0B2F3C1E-7A52-4A53-9A0E-1D6F1F0C9C11"),
        new("text", "order-2026-000042"),
    ];

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("key")]
    [ArgumentsSource(nameof(Ids))]
    public IdempotencyKey CreateBefore(Case<string> id) => new(Uuid.NewNameBased(Namespace, Scope + ":" + Normalized(id.Value)));

    [Benchmark]
    [BenchmarkCategory("key")]
    [ArgumentsSource(nameof(Ids))]
    public IdempotencyKey Create(Case<string> id) => IdempotencyKey.Create(Scope, id.Value);

    [Benchmark]
    [BenchmarkCategory("event id")]
    public Guid EventId() => Key.EventId("VerificationSessionCreated");

    private static string Normalized(string requestId)
    {
        foreach (var format in (ReadOnlySpan<string>)["D", "N", "B"])
        {
            if (Guid.TryParseExact(requestId, format, out var uuid)
                && string.Equals(uuid.ToString(format), requestId, StringComparison.OrdinalIgnoreCase))
            {
                return uuid.ToString("D");
            }
        }

        return requestId;
    }
}
