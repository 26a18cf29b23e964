using System.Globalization;
using BenchmarkDotNet.Attributes;
using DiditWorker.Protocol;

namespace DiditWorker.Benchmarks.Micro;

/// <summary>A record as it goes to and comes from Redis, and the answer in it.</summary>
[MemoryDiagnoser]
[Config(typeof(MicroConfig))]
public class RecordBenchmarks
{
    private const string Head =
        "1.5XLjGv0JVs37K0LLdHE8py-gb9DSj-d3P2S4fNXigsw AbCdEfGhIjKlMnOp 1795521720000 1795521600000 1795521610000 1 ";

    internal static readonly DiditSession Session = new()
    {
        Id = "6f1c1a52-6f0c-4d0e-9d0f-3b1a6f8f2f5e",
        Number = 42,
        Url = "https://verify.didit.me/session/AbCdEfGhIjKl",
        Status = "Not Started",
        WorkflowId = "11111111-2222-3333-4444-555555555555",
        CreatedAt = DateTimeOffset.FromUnixTimeSeconds(1795521600),
    };

    private static readonly string Payload = Session.ToPayload();
    private static readonly IdempotencyRecord Record = IdempotencyRecord.Parse("1 P " + Head);

    public static IEnumerable<Case<string>> Texts() => [new("in progress", "1 P " + Head), new("completed", "2 C " + Head + Payload)];

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("parse")]
    [ArgumentsSource(nameof(Texts))]
    public IdempotencyRecord ParseBefore(Case<string> text) => Parsed(text.Value);

    [Benchmark]
    [BenchmarkCategory("parse")]
    [ArgumentsSource(nameof(Texts))]
    public IdempotencyRecord Parse(Case<string> text) => IdempotencyRecord.Parse(text.Value);

    [Benchmark]
    [BenchmarkCategory("head")]
    public string HeadOf() => Record.Head();

    [Benchmark]
    [BenchmarkCategory("payload, written")]
    public string ToPayload() => Session.ToPayload();

    [Benchmark]
    [BenchmarkCategory("payload, read")]
    public DiditSession FromPayload() => DiditSession.FromPayload(Payload);

    private static IdempotencyRecord Parsed(string text)
    {
        var parts = text.Split(' ', 9);
        if (parts.Length != 9 || parts[0] is not ("1" or "2") || StateOf(parts[1]) is not { } state
            || Time(parts[4]) is not { } lease || Time(parts[5]) is not { } first || Time(parts[6]) is not { } last
            || !int.TryParse(parts[7], NumberStyles.None, CultureInfo.InvariantCulture, out var attempts))
        {
            throw new UnknownRecordException();
        }

        return new()
        {
            State = state,
            Fingerprint = parts[2],
            Owner = parts[3],
            LeaseUntil = lease,
            FirstAttempt = first,
            LastAttempt = last,
            Attempts = attempts,
            Payload = parts[8],
        };
    }

    private static RecordState? StateOf(string letter) => letter switch
    {
        "P" => RecordState.InProgress,
        "C" => RecordState.Completed,
        "R" => RecordState.Refused,
        _ => null,
    };

    private static DateTimeOffset? Time(string milliseconds) =>
        long.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value < 253402300800000
            ? DateTimeOffset.FromUnixTimeMilliseconds(value)
            : null;
}
