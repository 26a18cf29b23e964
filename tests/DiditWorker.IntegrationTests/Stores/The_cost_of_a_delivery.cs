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

/// <summary>Round trips and memory, counted by a Redis that nobody else uses.</summary>
[TestFixture]
public sealed class The_cost_of_a_delivery
{
    private const int Deliveries = 200;
    private const int Scripts = 4;
    private const string Fingerprint = "1.NWoZK3kTsExUV00Ywo1G5jlUKKs-yPYbHCYa7RLjZ_0";

    private static readonly DiditSession Session = new()
    {
        Id = "11111111-2222-4333-8444-555555555555",
        Number = 123456,
        Url = "https://verify.didit.me/session/AbCdEfGh1234",
        Status = "Not Started",
        WorkflowId = "66666666-7777-4888-9999-aaaaaaaaaaaa",
        CreatedAt = new DateTimeOffset(2026, 11, 24, 12, 0, 0, 123, TimeSpan.Zero).AddTicks(4567),
    };

    private static readonly string Answer = Session.ToPayload();

    private RedisServer _server = null!;
    private ServiceProvider _services = null!;
    private RedisConnection _connection = null!;
    private ConnectionMultiplexer _bare = null!;
    private IdempotencyStore _store = null!;

    private IServer Admin => _bare.GetServers()[0];

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await RedisServer.StartNewAsync();
        _services = new ServiceCollection().AddMetrics().AddSingleton<WorkerMetrics>().BuildServiceProvider();
        _connection = new(_server.ConnectionString);
        _bare = await ConnectionMultiplexer.ConnectAsync(_server.ConnectionString);
        _store = new(_connection, new(), TimeSpan.FromDays(1), new(key: null), _services.GetRequiredService<WorkerMetrics>());
        await new Horizon(_connection, new()).NothingWasLostAsync();
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
    public async Task A_first_one_takes_two_round_trips()
    {
        await CommandCount.ResetAsync(Admin);

        for (var i = 0; i < Deliveries; i++)
            await FirstAsync(new(Guid.NewGuid()));

        var count = await CommandCount.ReadAsync(Admin);
        count["evalsha"].ShouldBe(2 * Deliveries);
        ShouldBeScriptsOnly(count);
        (count["set"], count["get"]).ShouldBe((2 * Deliveries, 3 * Deliveries));
    }

    [Test]
    public async Task A_duplicate_takes_one_round_trip_and_writes_nothing()
    {
        var key = new IdempotencyKey(Guid.NewGuid());
        await FirstAsync(key);
        await CommandCount.ResetAsync(Admin);

        for (var i = 0; i < Deliveries; i++)
            (await _store.ClaimAsync(key, Fingerprint, OwnerToken.Create())).Record!.Payload.ShouldBe(Answer);

        var count = await CommandCount.ReadAsync(Admin);
        count["evalsha"].ShouldBe(Deliveries);
        ShouldBeScriptsOnly(count);
        (count["set"], count["get"]).ShouldBe((0, 2 * Deliveries));
    }

    [Test]
    public async Task A_held_one_writes_nothing()
    {
        var key = new IdempotencyKey(Guid.NewGuid());
        await _store.ClaimAsync(key, Fingerprint, "owner");
        await CommandCount.ResetAsync(Admin);

        for (var i = 0; i < Deliveries; i++)
            (await _store.ClaimAsync(key, Fingerprint, OwnerToken.Create())).Owned.ShouldBeFalse();

        var count = await CommandCount.ReadAsync(Admin);
        (count["evalsha"], count["set"]).ShouldBe((Deliveries, 0));
    }

    // The last one is longer in every part than what Didit has sent so far.
    [TestCase("AbCdEfGh1234", "Not Started", 123456)]
    [TestCase("3FaQxNlYb2pKc0tW7rGdHu", "In Review", 99_999_999)]
    [TestCase("3FaQxNlYb2pKc0tW7rGdHu3FaQxNlYb2", "Awaiting Review", 9_999_999_999)]
    public async Task A_completed_record_takes_at_most_350_bytes(string token, string status, long number)
    {
        var key = new IdempotencyKey(Guid.NewGuid());
        var answer = (Session with { Url = "https://verify.didit.me/session/" + token, Status = status, Number = number }).ToPayload();
        await FirstAsync(key, answer);

        var bytes = (long)await _bare.GetDatabase().ExecuteAsync("MEMORY", "USAGE", _store.RedisKey(key));

        await TestContext.Out.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes, of which {answer.Length} are the answer"));
        bytes.ShouldBeLessThanOrEqualTo(350);
    }

    private async Task FirstAsync(IdempotencyKey key, string? answer = null)
    {
        var owner = OwnerToken.Create();
        (await _store.ClaimAsync(key, Fingerprint, owner)).Owned.ShouldBeTrue();
        (await _store.CompleteAsync(key, RecordState.Completed, Fingerprint, owner, DateTimeOffset.UtcNow, answer ?? Answer))
            .ShouldBeTrue();
    }

    // One round trip each: a script is loaded once, and reads, writes and time are asked for inside it. A claim also reads the marker of
    // the horizon.
    private static void ShouldBeScriptsOnly(CommandCount count)
    {
        count["script|load"].ShouldBeLessThanOrEqualTo(Scripts);
        count["eval"].ShouldBe(0);
        count["time"].ShouldBe(count["evalsha"]);
        (count["multi"] + count["exec"] + count["watch"] + count["pttl"] + count["pexpire"] + count["hgetall"]).ShouldBe(0);
    }
}
