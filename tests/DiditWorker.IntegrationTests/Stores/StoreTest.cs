using System.Diagnostics.Metrics;
using System.Globalization;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Observability;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>The stores that are held to one contract.</summary>
public enum Kind
{
    Redis,
    Garnet,
}

/// <summary>
/// A store on one of the servers, and a second connection that sees what is really there. Every test has a key of its own.
/// </summary>
public abstract class StoreTest(Kind kind)
{
    protected const string Fingerprint = "1.NWoZK3kTsExUV00Ywo1G5jlUKKs-yPYbHCYa7RLjZ_0";
    protected const string OtherFingerprint = "1.x-v2cPc5oOuZtXYN_8yqIXGzQH3SHpQZRPLRJ1-M_pU";
    protected const string Mine = "owner-a-16-chars";
    protected const string Theirs = "owner-b-16-chars";
    protected const string Answer = """{"i":"s-1","u":"https://verify.example/s/1"}""";

    /// <summary>What a slow machine may take between two commands.</summary>
    protected static readonly TimeSpan Slack = TimeSpan.FromSeconds(20);

    /// <summary>So long that it is never over within a test.</summary>
    protected static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>So short that it is worth waiting for its end.</summary>
    protected static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(60);

    protected static readonly TimeSpan Window = TimeSpan.FromHours(24);
    protected static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private ServiceProvider _services = null!;
    private ConnectionMultiplexer _bare = null!;

    protected IdempotencyKey Key { get; private set; }

    protected RedisKey Name => $"didit:{{{Key}}}";

    protected IDatabase Database => _bare.GetDatabase();

    protected IServer Server => _bare.GetServers()[0];

    /// <summary>In StackExchange.Redis syntax.</summary>
    protected string Address { get; private set; } = "";

    protected IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    protected RedisConnection Connection { get; private set; } = null!;

    /// <summary>With a long lease and a window of a day.</summary>
    protected IdempotencyStore Store { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task ConnectAsync()
    {
        Address = kind == Kind.Garnet ? SharedGarnet.ConnectionString : (await TestServers.RedisAsync()).ConnectionString;
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        Connection = new(Address);
        _bare = await ConnectionMultiplexer.ConnectAsync(Address + ",allowAdmin=true");
        Store = NewStore();
        await new Horizon(Connection, new()).NothingWasLostAsync();
    }

    [OneTimeTearDown]
    public async Task CloseAsync()
    {
        await Connection.DisposeAsync();
        await _bare.DisposeAsync();
        await _services.DisposeAsync();
    }

    [SetUp]
    public void NewKey() => Key = new(Guid.NewGuid());

    // Mistake 8: value and TTL in two steps leave an orphan that never dies. Whatever a test did, its record has an end.
    [TearDown]
    public async Task The_record_has_an_endAsync() =>
        (await StoredAsync() is null || await TimeToLiveAsync() is not null).ShouldBeTrue("a record without TTL");

    protected IdempotencyStore NewStore(TimeSpan? lease = null, TimeSpan? window = null, AnswerCipher? cipher = null) => new(
        Connection, new() { Lease = lease ?? StoreTest.Lease }, window ?? Window, cipher ?? new(key: null),
        new WorkerMetrics(Meters));

    protected async Task<string?> StoredAsync() => await Database.StringGetAsync(Name);

    protected Task<TimeSpan?> TimeToLiveAsync() => Database.KeyTimeToLiveAsync(Name);

    /// <summary>Puts a record there, as an earlier worker would have left it.</summary>
    protected async Task PutAsync(string text) => (await Database.StringSetAsync(Name, text, Window)).ShouldBeTrue();

    protected async Task<DateTimeOffset> NowAsync() => new(DateTime.SpecifyKind(await Server.TimeAsync(), DateTimeKind.Utc));

    /// <summary>Until the clock of Redis, which counts in milliseconds, shows another time.</summary>
    protected Task UntilLaterAsync(DateTimeOffset than) =>
        Eventually.UntilAsync(
            async () => (await NowAsync()).ToUnixTimeMilliseconds() > than.ToUnixTimeMilliseconds(), Bound, "Redis' clock goes on");

    /// <summary>Claims as <paramref name="next"/> until the lease of whoever has the key is over.</summary>
    protected async Task<Memory> TakeOverAsync(string next)
    {
        var memory = Memory.Unavailable;
        await Eventually.UntilAsync(
            async () => (memory = await Store.ClaimAsync(Key, Fingerprint, next)).Owned, Bound, $"{next} may take the key over");
        return memory;
    }

    protected Task<bool> CompleteAsync(string owner, string payload = Answer, RecordState state = RecordState.Completed) =>
        Store.CompleteAsync(Key, state, Fingerprint, owner, DateTimeOffset.UtcNow, payload);

    protected async Task<IdempotencyRecord> RecordAsync() => (await Store.PeekAsync(Key)).Memory.Record.ShouldNotBeNull();

    protected static string Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}
