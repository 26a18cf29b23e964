using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>What <see cref="RedisChecks"/> finds at a server that each test has for itself, since it changes its settings.</summary>
public sealed class When_a_server_is_checked
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private RedisServer _server = null!;
    private ConnectionMultiplexer _bare = null!;

    private IServer Admin => _bare.GetServers()[0];

    [SetUp]
    public async Task StartAsync()
    {
        _server = await RedisServer.StartNewAsync();
        _bare = await ConnectionMultiplexer.ConnectAsync(_server.ConnectionString);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _bare.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task One_that_keeps_records_is_not_complained_about() => (await CheckAsync()).ShouldBeEmpty();

    [Test]
    public async Task Every_setting_that_loses_records_is_named_with_the_address_of_the_server()
    {
        await LoseRecordsAsync();

        var warnings = await CheckAsync();

        warnings.Count.ShouldBe(2);
        warnings.ShouldAllBe(warning => warning.StartsWith($"{EndPointCollection.ToString(Admin.EndPoint)}: ", StringComparison.Ordinal));
        warnings.ShouldContain(warning => warning.Contains("maxmemory-policy is volatile-lru", StringComparison.Ordinal));
        warnings.ShouldContain(warning => warning.Contains("set appendonly yes", StringComparison.Ordinal));
    }

    // Its settings matter once it is promoted; until then they lose nothing, and may differ on purpose.
    [Test]
    public async Task A_replica_is_not_judged()
    {
        await LoseRecordsAsync();
        await Admin.ExecuteAsync("REPLICAOF", "127.0.0.1", "1");

        (await CheckAsync()).ShouldBe([RedisChecks.OnlyReplicas]);
    }

    [Test]
    public async Task A_user_who_may_not_ask_is_not_complained_about()
    {
        await LoseRecordsAsync();
        await Admin.ExecuteAsync("ACL", "SETUSER", "worker", "on", ">secret", "~*", "+@all", "-info");

        (await CheckAsync(",user=worker,password=secret")).ShouldBeEmpty();
    }

    [Test]
    public async Task One_that_cannot_be_reached_is_passed_over()
    {
        await using var connection = new RedisConnection(_server.ConnectionString + ",connectTimeout=500,asyncTimeout=500");
        await connection.PingAsync();
        await _server.StopAsync();
        await Eventually.UntilAsync(
            async () => !(await connection.DatabaseAsync()).Multiplexer.IsConnected, Bound, "the client notices the stop");

        (await RedisChecks.RunAsync(connection)).ShouldBeEmpty();
    }

    private async Task<IReadOnlyList<string>> CheckAsync(string more = "")
    {
        await using var connection = new RedisConnection(_server.ConnectionString + more);
        (await connection.PingAsync()).ShouldBeGreaterThan(TimeSpan.Zero);
        return await RedisChecks.RunAsync(connection);
    }

    private async Task LoseRecordsAsync()
    {
        await Admin.ConfigSetAsync("maxmemory-policy", "volatile-lru");
        await Admin.ConfigSetAsync("appendonly", "no");
    }
}
