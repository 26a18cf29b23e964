using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Clusters;

/// <summary>
/// A worker that starts while no Sentinel answers, or while they name a primary that is dead. Started by tests/clusters only.
/// </summary>
[Explicit("tests/clusters runs it"), Category("Clusters")]
public sealed class When_sentinel_is_late
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    [Test]
    public async Task It_connects_once_a_sentinel_answers()
    {
        await using var redis = await SentinelSetup.StartAsync(await Deployed.MakeAsync());
        await redis.StopSentinelsAsync();
        await using var connection = new RedisConnection(redis.ConnectionString + ",connectTimeout=1000");
        await FailsAsync(connection);

        await redis.StartSentinelsAsync();

        await Eventually.UntilAsync(async () => await connection.PingAsync() > TimeSpan.Zero, Bound, "it connects");
    }

    [Test]
    public async Task It_connects_once_they_name_a_primary_that_is_alive_and_leaves_nothing_behind()
    {
        await using var redis = await SentinelSetup.StartAsync(await Deployed.MakeAsync());
        var dead = await redis.PrimaryAsync();
        await dead.KillAsync();
        await using var connection = new RedisConnection(redis.ConnectionString + ",connectTimeout=1000,name=late");
        await FailsAsync(connection);

        await Eventually.UntilAsync(async () => await connection.PingAsync() > TimeSpan.Zero, Bound, "it connects");

        // The client asks again for ever on what it left behind, so that each would be a connection to the primary.
        var alive = await redis.PrimaryAsync(away: dead);
        var clients = (string)(await alive.ExecuteAsync("CLIENT", "LIST"))!;
        clients.Split('\n').Count(line => line.Contains(" name=late ", StringComparison.Ordinal))
            .ShouldBeLessThanOrEqualTo(2, "commands and subscriptions");
    }

    private static async Task FailsAsync(RedisConnection connection) =>
        RedisConnection.IsUnavailable(await Should.ThrowAsync<Exception>(() => connection.PingAsync())).ShouldBeTrue();
}
