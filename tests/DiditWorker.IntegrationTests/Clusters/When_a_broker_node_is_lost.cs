using System.Diagnostics;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Clusters;

/// <summary>Three nodes, quorum queues, three workers. Started by tests/clusters only.</summary>
[Explicit("tests/clusters runs it"), Category("Clusters")]
public sealed class When_a_broker_node_is_lost
{
    // Silent packet loss is noticed after net_ticktime and a quarter.
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    private Deployed _deployed = null!;
    private RabbitMqCluster _cluster = null!;
    private RedisServer _redis = null!;
    private ClusterWorld _world = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _deployed = await Deployed.MakeAsync();
        _cluster = await RabbitMqCluster.StartAsync(_deployed);
        _redis = await RedisServer.StartNewAsync(new(_deployed.AclFile, "admin", _deployed.Passwords["admin"]));
        var worker = _deployed.Passwords["worker"];
        _world = await ClusterWorld.OpenAsync(
            TestContext.CurrentContext.Test.Name, _cluster.ConnectionString, _cluster.AddressOf("diditworker", worker),
            $"{_redis.Endpoint},user=diditworker,password={worker}");
    }

    [TearDown]
    public async Task StopAsync()
    {
        foreach (var part in (IAsyncDisposable?[])[_world, _redis, _cluster])
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }
    }

    [Test]
    public async Task Killing_the_leader_and_then_another_loses_nothing()
    {
        var stalls = new List<Stall>();
        for (var round = 1; round <= 2; round++)
        {
            var leader = await _cluster.LeaderAsync();
            var at = Stopwatch.GetTimestamp();
            await leader.KillAsync();
            await _world.UntilMoreAnswersAsync(400);
            (await _cluster.LeaderAsync(away: leader)).ShouldNotBe(leader);
            await leader.StartAsync();
            await _cluster.UntilWholeAsync();
            await _world.UntilMoreAnswersAsync(200);
            stalls.Add(Stall.Since(round == 1 ? "broker node that leads the queue killed" : "the next one killed", at, _world.Ledger));
        }

        await _world.EndAsync(stalls);
    }

    [Test]
    public async Task Cutting_the_leader_off_pauses_it_and_loses_nothing()
    {
        var leader = await _cluster.LeaderAsync();
        var at = Stopwatch.GetTimestamp();
        await using (await Partition.CutAsync(leader.Address, [.. _cluster.Nodes.Where(node => node != leader).Select(node => node.Address)]))
        {
            await Eventually.UntilAsync(
                () => Task.FromResult(leader.Log().Contains("minority", StringComparison.OrdinalIgnoreCase)), Bound, "the node that is cut off pauses");
            await ClusterWorld.PrintAsync($"pause_minority acted {Stopwatch.GetElapsedTime(at).TotalSeconds:0.0} s after the cut");
            await _world.UntilMoreAnswersAsync(400);
        }

        await _cluster.UntilWholeAsync();
        await _world.UntilMoreAnswersAsync(200);

        await _world.EndAsync([Stall.Since("broker node that leads the queue cut off and back", at, _world.Ledger)]);
    }
}
