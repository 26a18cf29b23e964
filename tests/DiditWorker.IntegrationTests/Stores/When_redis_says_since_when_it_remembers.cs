using DiditWorker.Protocol;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Stores;

[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_redis_says_since_when_it_remembers(Kind kind) : StoreTest(kind)
{
    private IdempotencyOptions _options = null!;
    private IdempotencyStore _store = null!;
    private Horizon _horizon = null!;

    private RedisKey Marker => _options.KeyPrefix + "{horizon}";

    [SetUp]
    public void Begin()
    {
        _options = new() { KeyPrefix = $"h{Guid.NewGuid():N}:" };
        _store = new(Connection, _options, Window, new(key: null), new(Meters));
        _horizon = new(Connection, _options);
    }

    [Test]
    public async Task The_first_claim_begins_it_and_later_ones_leave_it()
    {
        var first = await ClaimAsync();
        await UntilLaterAsync(first.At!.Value);
        var second = await ClaimAsync();

        first.Horizon.ShouldBe(first.At);
        second.Horizon.ShouldBe(first.At);
        second.At!.Value.ShouldBeGreaterThan(first.At.Value);
        (await Database.KeyTimeToLiveAsync(Marker)).ShouldBeNull("it outlives every record");
        (await Database.KeyExistsAsync(Marker)).ShouldBeTrue();
    }

    [Test]
    public async Task To_look_begins_nothing()
    {
        var (memory, _) = await _store.PeekAsync(Key);

        memory.Horizon.ShouldBe(memory.At);
        (await _horizon.ReadAsync()).ShouldSatisfyAllConditions(r => r.Missing.ShouldBe(1), r => r.Since.ShouldBe(r.At));
        (await Database.KeyExistsAsync(Marker)).ShouldBeFalse();
    }

    // Whatever took the data took the marker.
    [Test]
    public async Task A_redis_that_lost_its_data_begins_anew()
    {
        var before = await ClaimAsync();
        await _horizon.NothingWasLostAsync();
        await Database.KeyDeleteAsync(Marker);
        await UntilLaterAsync(before.At!.Value);

        var after = await ClaimAsync();

        after.Horizon.ShouldBe(after.At);
    }

    [TestCase("soon")]
    [TestCase("")]
    [TestCase("-1")]
    [TestCase("1e3")]
    [TestCase(" 5")]
    [TestCase("99999999999999")]
    [TestCase("999999999999999999999999999999")]
    public async Task A_marker_that_nobody_can_mean_is_written_anew(string text)
    {
        await Database.StringSetAsync(Marker, text);
        (await _store.PeekAsync(Key)).Memory.ShouldSatisfyAllConditions(m => m.Horizon.ShouldBe(m.At));
        (await _horizon.ReadAsync()).Missing.ShouldBe(1);

        var memory = await ClaimAsync();

        memory.Horizon.ShouldBe(memory.At);
        (await Database.StringGetAsync(Marker)).ShouldBe((RedisValue)memory.At!.Value.ToUnixTimeMilliseconds());
    }

    [Test]
    public async Task One_of_another_kind_too()
    {
        await Database.HashSetAsync(Marker, "a", "b");
        (await _store.PeekAsync(Key)).Memory.ShouldSatisfyAllConditions(m => m.Horizon.ShouldBe(m.At));

        var memory = await ClaimAsync();

        (memory.Owned, memory.Horizon).ShouldBe((true, memory.At));
        (await _horizon.ReadAsync()).Missing.ShouldBe(0);
    }

    [Test]
    public async Task An_operator_says_that_nothing_was_lost()
    {
        await ClaimAsync();

        (await _horizon.NothingWasLostAsync())
            .ShouldSatisfyAllConditions(r => r.Since.ShouldBe(DateTimeOffset.UnixEpoch), r => r.Markers.ShouldBe(1));

        (await ClaimAsync()).Horizon.ShouldBe(DateTimeOffset.UnixEpoch);
        (await _horizon.SampleAsync()).Since.ShouldBe(DateTimeOffset.UnixEpoch);
    }

    // An old backup brings an old marker with it.
    [Test]
    public async Task An_operator_says_that_something_was_lost()
    {
        await _horizon.NothingWasLostAsync();

        var reading = await _horizon.SomethingWasLostAsync();

        reading.Since.ShouldBe(reading.At);
        (await ClaimAsync()).Horizon.ShouldBe(reading.At);
    }

    [Test]
    public async Task Health_begins_it_before_the_first_message()
    {
        var sample = await _horizon.SampleAsync();
        await UntilLaterAsync(sample.At);

        sample.Since.ShouldBe(sample.At);
        (await ClaimAsync()).Horizon.ShouldBe(sample.At);
    }

    private Task<Memory> ClaimAsync() => _store.ClaimAsync(new(Guid.NewGuid()), Fingerprint, OwnerToken.Create());
}
