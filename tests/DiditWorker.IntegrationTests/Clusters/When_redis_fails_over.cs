using System.Diagnostics;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Clusters;

/// <summary>Redis with Sentinel, or as a cluster; one broker, three workers. Started by tests/clusters only.</summary>
[Explicit("tests/clusters runs it"), Category("Clusters")]
public sealed class When_redis_fails_over
{
    private readonly List<IAsyncDisposable> _parts = [];
    private ClusterWorld? _opened;

    private ClusterWorld World => _opened!;

    [TearDown]
    public async Task StopAsync()
    {
        if (_opened is not null)
        {
            await _opened.DisposeAsync();
            _opened = null;
        }

        foreach (var part in _parts.AsEnumerable().Reverse())
        {
            await part.DisposeAsync();
        }

        _parts.Clear();
    }

    [Test]
    public async Task Killing_the_primary_of_sentinel_loses_nothing()
    {
        var redis = await OpenWithSentinelAsync();
        var primary = await redis.PrimaryAsync();
        var at = Stopwatch.GetTimestamp();

        await primary.KillAsync();
        (await redis.PrimaryAsync(away: primary)).ShouldNotBe(primary);
        await World.UntilMoreAnswersAsync(400);
        await primary.StartAsync();
        await redis.UntilReplicaAsync(primary);
        await World.UntilMoreAnswersAsync(200);

        await World.EndAsync([Stall.Since("primary of Sentinel killed, and back as a replica", at, World.Ledger)]);
    }

    // What reached it before it woke is carried out afterwards, and thrown away when it becomes a replica.
    [Test]
    public async Task Freezing_the_primary_of_sentinel_loses_nothing()
    {
        var redis = await OpenWithSentinelAsync();
        var primary = await redis.PrimaryAsync();
        var at = Stopwatch.GetTimestamp();

        await primary.PauseAsync(true);
        (await redis.PrimaryAsync(away: primary)).ShouldNotBe(primary);
        await World.UntilMoreAnswersAsync(400);
        await primary.PauseAsync(false);
        await redis.UntilReplicaAsync(primary);
        await World.UntilMoreAnswersAsync(200);

        await World.EndAsync([Stall.Since("primary of Sentinel frozen, and back as a replica", at, World.Ledger)]);
    }

    [Test]
    public async Task Killing_a_primary_of_a_redis_cluster_loses_nothing()
    {
        var deployed = await Deployed.MakeAsync();
        var redis = Keep(await RedisCluster.StartAsync(deployed));
        await OpenAsync(deployed, redis.ConnectionString);
        var at = Stopwatch.GetTimestamp();

        await redis.Nodes[0].KillAsync();
        await redis.UntilWholeAsync(away: redis.Nodes[0]);
        await World.UntilMoreAnswersAsync(400);
        await redis.Nodes[0].StartAsync();
        await RedisCluster.UntilReplicaAsync(redis.Nodes[0]);
        await World.UntilMoreAnswersAsync(200);

        await World.EndAsync([Stall.Since("primary of a Redis Cluster killed, and back as a replica", at, World.Ledger)]);
    }

    [Test]
    public async Task Rolling_the_workers_one_by_one_loses_nothing()
    {
        await OpenWithSentinelAsync();
        var at = Stopwatch.GetTimestamp();

        // An end with another exit code than 0 is a violation.
        foreach (var replica in World.Replicas)
        {
            await replica.TerminateAsync();
            replica.Start();
            await replica.UntilReadyAsync();
            await World.UntilMoreAnswersAsync(200);
        }

        await World.EndAsync([Stall.Since("three workers rolled one by one", at, World.Ledger)]);
    }

    private async Task<SentinelSetup> OpenWithSentinelAsync()
    {
        var deployed = await Deployed.MakeAsync();
        var redis = Keep(await SentinelSetup.StartAsync(deployed));
        await OpenAsync(deployed, redis.ConnectionString);
        return redis;
    }

    private async Task OpenAsync(Deployed deployed, string redis)
    {
        var broker = Keep(await OneBroker.StartAsync(deployed));
        _opened = await ClusterWorld.OpenAsync(
            TestContext.CurrentContext.Test.Name, broker.ConnectionString, broker.AddressOf("diditworker", deployed.Passwords["worker"]),
            redis);
    }

    private T Keep<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Add(part);
        return part;
    }
}
