using DiditWorker.Demo;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Servers;

[TestFixture]
public sealed class When_redis_is_restarted
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Test]
    public async Task It_keeps_its_address_and_data_and_an_open_client_finds_it_again()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var redis = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        await redis.GetDatabase().StringSetAsync("kept", "still here");

        await server.StopAsync();
        await Eventually.UntilAsync(() => Task.FromResult(!redis.IsConnected), Bound, "the client notices the stop");
        await server.StartAsync();

        await Eventually.UntilAsync(
            async () => await redis.GetDatabase().StringGetAsync("kept") == "still here",
            Bound,
            "the value is back"
        );
    }

    [Test]
    public async Task It_answers_nothing_while_it_is_paused_and_again_afterwards()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var redis = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString + ",asyncTimeout=300");

        await server.PauseAsync(true);
        await Should.ThrowAsync<RedisTimeoutException>(() => redis.GetDatabase().PingAsync());
        await server.PauseAsync(false);

        await Eventually.UntilAsync(async () => await redis.GetDatabase().PingAsync() > TimeSpan.Zero, Bound, "Redis answers again");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Every_kind_of_store_runs_scripts_with_the_servers_own_time(bool garnet)
    {
        using var embedded = garnet ? new EmbeddedGarnet() : null;
        await using var redis = await ConnectionMultiplexer.ConnectAsync(
            embedded?.ConnectionString ?? (await TestServers.RedisAsync()).ConnectionString
        );

        var seconds = (long)await redis.GetDatabase().ScriptEvaluateAsync("return tonumber(redis.call('TIME')[1])");

        DateTimeOffset.FromUnixTimeSeconds(seconds).ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }
}
