using BenchmarkDotNet.Attributes;
using DiditWorker.Protocol;

namespace DiditWorker.Benchmarks.Micro;

/// <summary>The decision on a delivery.</summary>
[MemoryDiagnoser]
[Config(typeof(MicroConfig))]
public class DecisionBenchmarks
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1795521600);

    private static readonly ProtocolSettings Settings = new(
        TimeSpan.FromHours(24), TimeSpan.FromMinutes(5), LookupBeforeResend.Always, WhenRedisUnavailable.Proceed, MaximumAttempts: 10);

    private static readonly Evidence Evidence = new("1.abc", Now.AddSeconds(-1), MaybeAttempted: false);
    private static readonly Memory Empty = new(Available: true, Record: null, Owned: true);
    private static readonly Memory Answered = new(Available: true, Record(RecordState.Completed), Owned: false);
    private static readonly Memory Abandoned = new(Available: true, Record(RecordState.InProgress), Owned: true);

    [Benchmark]
    public Decision NoRecord() => Decision.Make(Empty, Evidence, Settings, Now);

    [Benchmark]
    public Decision Completed() => Decision.Make(Answered, Evidence, Settings, Now);

    [Benchmark]
    public Decision Ambiguous() => Decision.Make(Abandoned, Evidence, Settings, Now);

    // Another string of the same text, as from Redis: the same one would be equal at a glance.
    private static IdempotencyRecord Record(RecordState state) =>
        new()
        {
            State = state,
            Fingerprint = string.Concat("1.", "abc".AsSpan()),
            Owner = "owner",
            LeaseUntil = Now.AddSeconds(-20),
            FirstAttempt = Now.AddSeconds(-60),
            LastAttempt = Now.AddSeconds(-60),
            Attempts = 1,
            Payload = "",
        };
}
