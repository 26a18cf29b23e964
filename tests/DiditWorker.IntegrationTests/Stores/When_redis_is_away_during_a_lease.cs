using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Observability;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>A Redis of its own that freezes: connections stay open, and nothing is answered.</summary>
[TestFixture]
public sealed class When_redis_is_away_during_a_lease
{
    private const string Fingerprint = "1.abc";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Request = TimeSpan.FromSeconds(1);

    private RedisServer _server = null!;
    private ServiceProvider _services = null!;
    private RedisConnection _connection = null!;
    private IdempotencyKey _key;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await RedisServer.StartNewAsync();
        _services = new ServiceCollection().AddMetrics().AddSingleton<WorkerMetrics>().BuildServiceProvider();
        _connection = new(_server.ConnectionString + ",asyncTimeout=300");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _connection.DisposeAsync();
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }

    [SetUp]
    public void NewKey() => _key = new(Guid.NewGuid());

    [TearDown]
    public Task WakeAsync() => _server.PauseAsync(false);

    [Test]
    public async Task It_is_neither_held_nor_lost_and_held_again_once_redis_is_back()
    {
        var store = NewStore(TimeSpan.FromMinutes(2));
        await using var lease = NewLease(store);
        await lease.ClaimAsync();
        await _server.PauseAsync(true);

        (await lease.EnsureAsync(Request)).ShouldBe(LeaseState.Held, "enough is left without asking");
        (await lease.EnsureAsync(TimeSpan.FromMinutes(2))).ShouldBe(LeaseState.Unknown);
        (await lease.EnsureAsync(Request)).ShouldBe(LeaseState.Held, "a question without an answer takes nothing away");

        await _server.PauseAsync(false);
        var longest = TimeSpan.FromMinutes(2) - TimeSpan.FromMilliseconds(500);
        await Eventually.UntilAsync(async () => await lease.EnsureAsync(longest) == LeaseState.Held, Bound, "it is renewed");
    }

    [Test]
    public async Task A_renewal_without_an_answer_is_tried_again_as_long_as_the_lease_lasts()
    {
        var store = NewStore(TimeSpan.FromSeconds(10));
        var trouble = new Counting();
        await using var lease = NewLease(store, trouble);
        var granted = (await lease.ClaimAsync()).At!.Value + TimeSpan.FromSeconds(10);
        await _server.PauseAsync(true);
        await Eventually.UntilAsync(() => Task.FromResult(trouble.Count > 0), Bound, "a renewal had no answer");

        await _server.PauseAsync(false);

        await Eventually.UntilAsync(
            async () => (await store.PeekAsync(_key)).Memory.Record is { } record && record.LeaseUntil > granted
                && record.Owner == lease.Owner, Bound, "it is renewed");
    }

    // As the older code had it: one renewal that failed ended the renewing for good, and the lease ran out under the work.
    [Test]
    public async Task An_answer_that_could_not_be_stored_is_stored_later_under_the_same_lease()
    {
        var store = NewStore(TimeSpan.FromMinutes(2));
        await using var lease = NewLease(store);
        var memory = await lease.ClaimAsync();
        await _server.PauseAsync(true);
        (await Should.ThrowAsync<Exception>(() => lease.CompleteAsync(RecordState.Completed, memory.At!.Value, "{}")))
            .ShouldSatisfyAllConditions(e => RedisConnection.IsUnavailable(e).ShouldBeTrue());

        (await lease.EnsureAsync(Request)).ShouldBe(LeaseState.Held);
        await _server.PauseAsync(false);

        await Eventually.UntilAsync(() => lease.CompleteAsync(RecordState.Completed, memory.At!.Value, "{}"), Bound, "it is stored");
    }

    private IdempotencyStore NewStore(TimeSpan length) =>
        new(_connection, new() { Lease = length }, TimeSpan.FromDays(1), new(key: null), _services.GetRequiredService<WorkerMetrics>());

    private Lease NewLease(IdempotencyStore store, Counting? trouble = null) => new(
        store, _key, Fingerprint, TimeProvider.System,
        new(TimeProvider.System, trouble ?? (ILogger<RedisTrouble>)NullLogger<RedisTrouble>.Instance));

    private sealed class Counting : ILogger<RedisTrouble>
    {
        public int Count { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Count++;
    }
}
