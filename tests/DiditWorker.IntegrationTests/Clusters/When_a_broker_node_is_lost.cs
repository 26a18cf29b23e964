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
    private RabbitMqNode _leader = null!;
    private RedisServer _redis = null!;
    private ClusterWorld _world = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _deployed = await Deployed.MakeAsync();
        _cluster = await RabbitMqCluster.StartAsync(_deployed);
        _redis = await RedisServer.StartNewAsync(new(_deployed.AclFile, "admin", _deployed.Passwords["admin"]));
        var worker = _deployed.Passwords["worker"];

        // The harness is not at the leader: from 4.3 on a node that is cut off keeps its clients waiting, and the harness is to see what
        // the others do.
        _leader = await _cluster.LeaderAsync();
        _world = await ClusterWorld.OpenAsync(
            TestContext.CurrentContext.Test.Name, _cluster.AddressOf(RabbitMqServer.UserName, RabbitMqServer.Password, without: _leader),
            _cluster.AddressOf("diditworker", worker),
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
    public async Task Cutting_the_leader_off_loses_nothing()
    {
        var leader = await _cluster.LeaderAsync();
        leader.ShouldBe(_leader);
        var at = Stopwatch.GetTimestamp();
        await using (
            await Partition.CutAsync(leader.Address, [.. _cluster.Nodes.Where(node => node != leader).Select(node => node.Address)]))
        {
            // From 4.3 on metadata is in Khepri, which needs a majority itself: no node pauses.
            if (!await leader.IsAtLeastAsync(4, 3))
            {
                await Eventually.UntilAsync(
                    () => Task.FromResult(leader.Log().Contains("minority", StringComparison.OrdinalIgnoreCase)), Bound,
                    "the node that is cut off pauses");
                await ClusterWorld.PrintAsync($"pause_minority acted {Stopwatch.GetElapsedTime(at).TotalSeconds:0.0} s after the cut");
            }

            await _world.UntilMoreAnswersAsync(400);
        }

        await _cluster.UntilWholeAsync();
        await _world.UntilMoreAnswersAsync(200);

        await _world.EndAsync([Stall.Since("broker node that leads the queue cut off and back", at, _world.Ledger)]);
    }
}
