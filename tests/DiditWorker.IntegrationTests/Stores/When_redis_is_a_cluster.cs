using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Observability;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>One hash slot per key: scripts touch nothing but the record, and the marker of its slot.</summary>
[TestFixture]
public sealed class When_redis_is_a_cluster
{
    private const string Fingerprint = "1.abc";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private ClusterServer _server = null!;
    private ServiceProvider _services = null!;
    private RedisConnection _connection = null!;
    private ConnectionMultiplexer _bare = null!;
    private IdempotencyStore _store = null!;

    private WorkerMetrics Metrics => _services.GetRequiredService<WorkerMetrics>();

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await ClusterServer.StartAsync();
        _services = new ServiceCollection().AddMetrics().AddSingleton<WorkerMetrics>().BuildServiceProvider();
        _connection = new(_server.ConnectionString);
        _bare = await ConnectionMultiplexer.ConnectAsync(_server.ConnectionString);
        _store = new(_connection, new(), TimeSpan.FromDays(1), new(key: null), Metrics);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _connection.DisposeAsync();
        await _bare.DisposeAsync();
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task Every_operation_works_on_any_slot()
    {
        _bare.GetServers()[0].ServerType.ShouldBe(ServerType.Cluster);
        for (var i = 0; i < 30; i++)
        {
            var key = new IdempotencyKey(Guid.NewGuid());
            (await _store.ClaimAsync(key, Fingerprint, "a")).Owned.ShouldBeTrue();
            (await _store.RenewAsync(key, "a")).ShouldNotBeNull();
            (await _store.ClaimAsync(key, Fingerprint, "b")).Owned.ShouldBeFalse();
            (await _store.ReleaseAsync(key, "a", ReleaseMode.Keep)).ShouldBeTrue();
            (await _store.ClaimAsync(key, Fingerprint, "b")).Owned.ShouldBeTrue();
            (await _store.CompleteAsync(key, RecordState.Completed, Fingerprint, "b", DateTimeOffset.UtcNow, "{}")).ShouldBeTrue();
            var record = (await _store.PeekAsync(key)).Memory.Record!;
            record.Payload.ShouldBe("{}");
            (await _store.ForgetAsync(key, record)).ShouldBeTrue();
        }
    }

    [Test]
    public async Task Each_slot_says_since_when_it_remembers()
    {
        var (horizon, options) = (new Horizon(_connection, new() { KeyPrefix = "h:" }), new IdempotencyOptions { KeyPrefix = "h:" });
        var own = new IdempotencyStore(_connection, options, TimeSpan.FromDays(1), new(key: null), Metrics);
        (await horizon.ReadAsync())
            .ShouldSatisfyAllConditions(r => (r.Markers, r.Missing).ShouldBe((16384, 16384)), r => r.Since.ShouldBe(r.At));
        var memory = await own.ClaimAsync(new(Guid.NewGuid()), Fingerprint, "a");
        memory.Horizon.ShouldBe(memory.At);
        (await horizon.ReadAsync()).Missing.ShouldBe(16383);

        (await horizon.NothingWasLostAsync())
            .ShouldSatisfyAllConditions(r => r.Since.ShouldBe(DateTimeOffset.UnixEpoch), r => r.Markers.ShouldBe(16384));

        for (var i = 0; i < 30; i++)
            (await own.ClaimAsync(new(Guid.NewGuid()), Fingerprint, "a")).Horizon.ShouldBe(DateTimeOffset.UnixEpoch);
        (await horizon.SampleAsync()).Since.ShouldBe(DateTimeOffset.UnixEpoch);
    }

    [Test]
    public async Task The_marker_lies_in_the_slot_of_the_record()
    {
        for (var i = 0; i < 100; i++)
        {
            RedisKey record = _store.RedisKey(new(Guid.NewGuid()));
            var marker = HorizonMarkers.For(_bare, "didit:", record);

            ((string)marker!).ShouldMatch("^didit:\\{[0-9a-f]{1,6}\\}:horizon$");
            (await SlotAsync(marker!)).ShouldBe(await SlotAsync(record!));
        }

        HorizonMarkers.All(_bare, "didit:").Distinct().Count().ShouldBe(16384);
    }

    [Test]
    public async Task The_rate_limit_works()
    {
        using var limiter =
            new RedisRateLimiter(_connection, "didit:{ratelimit}:creates", 60000, Metrics, TimeProvider.System, CancellationToken.None);

        using var place = await limiter.AcquireAsync(1, CancellationToken.None);
        await limiter.PauseAsync(TimeSpan.FromMilliseconds(1));

        // It would also go on alone; the shared time line proves that it did not.
        (await _bare.GetDatabase().KeyExistsAsync("didit:{ratelimit}:creates")).ShouldBeTrue();
    }

    [Test]
    public async Task Creates_of_a_day_are_counted()
    {
        var count = new CreateCount(_connection, "didit:{creates}", 1, TimeProvider.System);

        await count.TakeAsync();

        ((string?)await _bare.GetDatabase().StringGetAsync("didit:{creates}")).ShouldBe($"{count.Latest.Day} 1");
    }

    [Test]
    public async Task The_slot_of_a_record_is_that_of_its_key_alone()
    {
        for (var i = 0; i < 30; i++)
        {
            var key = new IdempotencyKey(Guid.NewGuid());
            var name = _store.RedisKey(key);

            (name.Count(c => c == '{'), name.Count(c => c == '}')).ShouldBe((1, 1));
            name.ShouldBe($"didit:{{{key}}}");
            (await SlotAsync(name)).ShouldBe(Crc16(key.ToString()) % 16384);
            (await SlotAsync(name)).ShouldBe(await SlotAsync(key.ToString()));
        }
    }

    [Test]
    public async Task A_slot_that_nobody_serves_is_named_with_what_to_do()
    {
        (await RedisChecks.RunAsync(_connection)).ShouldNotContain(warning => warning.Contains("cluster", StringComparison.Ordinal));
        await _bare.GetServers()[0].ExecuteAsync("CLUSTER", "DELSLOTS", 7);
        try
        {
            IReadOnlyList<string> warnings = [];
            await Eventually.UntilAsync(
                async () => (warnings = await RedisChecks.RunAsync(_connection))
                    .Any(w => w.Contains("16383 of 16384 slots", StringComparison.Ordinal)),
                Bound, "the missing slot is seen");
            warnings.ShouldContain(warning => warning.Contains("CLUSTER NODES", StringComparison.Ordinal));
        }
        finally
        {
            await _bare.GetServers()[0].ExecuteAsync("CLUSTER", "ADDSLOTS", 7);
            await Eventually.UntilAsync(
                async () => !(await RedisChecks.RunAsync(_connection))
                    .Any(w => w.Contains("cluster", StringComparison.Ordinal)), Bound, "the cluster is whole again");
        }
    }

    private async Task<long> SlotAsync(string name) => (long)await _bare.GetServers()[0].ExecuteAsync("CLUSTER", "KEYSLOT", name);

    // CRC-16/XMODEM, as the specification of Redis Cluster has it (key distribution model).
    private static int Crc16(string text)
    {
        var crc = 0;
        foreach (var c in text)
        {
            crc ^= c << 8;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
        }

        return crc & 0xFFFF;
    }
}
