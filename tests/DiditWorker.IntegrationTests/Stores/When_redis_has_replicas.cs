using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Stores;

public sealed class When_redis_has_replicas
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Test]
    public async Task It_is_said_if_only_they_are_connected_and_what_would_make_the_primary_safer()
    {
        await using var primary = await RedisServer.StartNewAsync();
        await using var replica = await RedisServer.StartNewAsync();
        await using var tools = await ConnectionMultiplexer.ConnectAsync(replica.ConnectionString);
        var (host, port) = primary.PeerAddress;
        await tools.GetServers()[0].ExecuteAsync("REPLICAOF", host, port);

        await using var toReplica = new RedisConnection(replica.ConnectionString);
        await Eventually.UntilAsync(
            async () => (await RedisChecks.RunAsync(toReplica))
                .SequenceEqual([RedisChecks.OnlyReplicas], StringComparer.Ordinal), Bound, "it is seen to be a replica");

        await using var toPrimary = new RedisConnection(primary.ConnectionString);
        await Eventually.UntilAsync(
            async () => (await RedisChecks.AdviseAsync(toPrimary))
                .Any(a => a.Contains("min-replicas-to-write", StringComparison.Ordinal)), Bound, "the primary sees its replica");
        (await RedisChecks.RunAsync(toPrimary)).ShouldNotContain(warning => warning.Contains("replica", StringComparison.Ordinal));

        await using var admin = await ConnectionMultiplexer.ConnectAsync(primary.ConnectionString);
        await admin.GetServers()[0].ConfigSetAsync("min-replicas-to-write", 1);
        (await RedisChecks.AdviseAsync(toPrimary)).ShouldBeEmpty();
    }
}
