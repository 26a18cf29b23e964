using System.Text;
using BenchmarkDotNet.Attributes;
using DiditWorker.Redis;

namespace DiditWorker.Benchmarks.Micro;

/// <summary>An answer as it is encrypted for Redis, and read again.</summary>
[MemoryDiagnoser]
[Config(typeof(MicroConfig))]
public class CipherBenchmarks
{
    private const string RedisKey = "didit:{b2d1c381-5832-56a2-9bf3-b533fd568454}";

    private static readonly byte[] First = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly AnswerCipher One = new(First);
    private static readonly AnswerCipher Two = new(() => new([new byte[32], First]));

    private static readonly string Answer = RecordBenchmarks.Session.ToPayload();

    private static readonly string Stored = One.Protect(RedisKey, Answer);

    [GlobalSetup]
    public static void Size() =>
        Console.WriteLine($"The answer has {Encoding.UTF8.GetByteCount(Answer)} bytes, encrypted {Encoding.UTF8.GetByteCount(Stored)}.");

    [Benchmark]
    public string Encrypt() => One.Protect(RedisKey, Answer);

    [Benchmark]
    public string DecryptByTheFirstKey() => One.Unprotect(RedisKey, Stored);

    [Benchmark]
    public string DecryptByTheSecondKey() => Two.Unprotect(RedisKey, Stored);
}
