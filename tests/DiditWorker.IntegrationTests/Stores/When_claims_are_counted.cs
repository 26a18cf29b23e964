using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>What the instruments tell an operator of the store's work.</summary>
[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_claims_are_counted(Kind kind) : StoreTest(kind)
{
    private readonly ConcurrentQueue<string> _results = new();
    private readonly ConcurrentQueue<double> _seconds = new();
    private readonly MeterListener _listener = new();

    [OneTimeSetUp]
    public void Listen()
    {
        _listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, Meters)
                && instrument.Name is "diditworker.idempotency.claims" or "diditworker.redis.duration")
                self.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) => _results.Enqueue($"{count} {tags[0].Key}={tags[0].Value}"));
        _listener.SetMeasurementEventCallback<double>((_, value, _, _) => _seconds.Enqueue(value));
        _listener.Start();
    }

    [OneTimeTearDown]
    public void Dispose() => _listener.Dispose();

    [SetUp]
    public void Forget()
    {
        _results.Clear();
        _seconds.Clear();
    }

    [Test]
    public async Task Each_is_counted_by_what_redis_said()
    {
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await Store.ClaimAsync(Key, Fingerprint, Theirs);
        await Store.ClaimAsync(Key, OtherFingerprint, Theirs);
        await Store.ReleaseAsync(Key, Mine, ReleaseMode.Keep);
        await Store.ClaimAsync(Key, Fingerprint, Theirs);
        await CompleteAsync(Theirs);
        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await Store.ClaimAsync(Key, OtherFingerprint, Mine);

        _results.ShouldBe(
            ["1 result=acquired", "1 result=held", "1 result=mismatch", "1 result=taken_over", "1 result=answered", "1 result=mismatch"]);
    }

    [Test]
    public async Task Every_round_trip_is_timed_one_that_fails_too()
    {
        await using var unreachable = new RedisConnection("127.0.0.1:1,connectTimeout=500,connectRetry=0");
        var store = new IdempotencyStore(unreachable, new(), Window, new(key: null), new(Meters));

        await Store.ClaimAsync(Key, Fingerprint, Mine);
        await Store.RenewAsync(Key, Mine);
        await Should.ThrowAsync<RedisConnectionException>(() => store.ClaimAsync(Key, Fingerprint, Mine));

        _seconds.Count.ShouldBe(3);
        _seconds.ShouldAllBe(value => value > 0 && value < Bound.TotalSeconds);
    }
}
