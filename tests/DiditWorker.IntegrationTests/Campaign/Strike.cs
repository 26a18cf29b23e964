using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Simulator;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>What happens to the processes.</summary>
internal enum StrikeKind
{
    None,
    KillOne,
    KillBoth,
    KillWhileDiditWorks,
    KillBetweenReplyAndRecord,
    SigtermOne,
    SigtermBoth,
    BrokerRestart,
    ConnectionsCut,
    RedisRestart,
    RedisPausedLongerThanALease,
    RedisLosesEverything,
    RedisLosesHalf,
    ClockOff,
    Burst,
}

/// <summary>Carries out strikes. Those that aim at a point, and the loss of Redis' data, need Didit to be well.</summary>
internal sealed class Strike(CampaignWorld world, Driver driver, Random random)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(90);

    public static bool NeedsClearWeather(StrikeKind kind) =>
        kind is StrikeKind.KillWhileDiditWorks or StrikeKind.KillBetweenReplyAndRecord or StrikeKind.RedisLosesEverything
            or StrikeKind.RedisLosesHalf;

    public Task RunAsync(StrikeKind kind) => kind switch
    {
        StrikeKind.KillOne => KillOneAsync(),
        StrikeKind.KillBoth => KillBothAsync(),
        StrikeKind.KillWhileDiditWorks => KillWhileDiditWorksAsync(),
        StrikeKind.KillBetweenReplyAndRecord => KillBetweenReplyAndRecordAsync(),
        StrikeKind.SigtermOne => SigtermAsync([AnyReplica()]),
        StrikeKind.SigtermBoth => SigtermAsync(world.Replicas),
        StrikeKind.BrokerRestart => RestartBrokerAsync(),
        StrikeKind.ConnectionsCut => CutConnectionsAsync(),
        StrikeKind.RedisRestart => RestartRedisAsync(),
        StrikeKind.RedisPausedLongerThanALease => PauseRedisAsync(),
        StrikeKind.RedisLosesEverything => LoseRecordsAsync(server => server.FlushAllDatabasesAsync()),
        StrikeKind.RedisLosesHalf => LoseRecordsAsync(DeleteHalfAsync),
        StrikeKind.ClockOff => ChangeClockAsync(),
        StrikeKind.Burst => driver.BurstAsync(messages: 5, each: 8),
        _ => Task.CompletedTask,
    };

    private Replica AnyReplica() => world.Replicas[random.Next(world.Replicas.Count)];

    private async Task KillOneAsync()
    {
        var replica = AnyReplica();
        await replica.KillAsync();
        replica.Start();
    }

    private async Task KillBothAsync()
    {
        await world.KillAllAsync();
        world.StartAll();
    }

    // Which of the two has the message is not to be seen from outside, so both go.
    private async Task KillWhileDiditWorksAsync()
    {
        var kind = random.Next(2) == 0 ? FaultKind.TimeoutAfterCreate : FaultKind.Delay;
        await ProbeAsync(new() { Operation = DiditOperation.Create, Kind = kind, Delay = TimeSpan.FromSeconds(1.5) }, async vendorData =>
        {
            await world.KillAllAsync();
            var status = (await world.Didit.CreatesAsync(vendorData))[0].Status;
            world.History.Count(
                status == 0 ? "killed after the create arrived and before the reply" : "missed: the reply was faster than the kill");
        });
        world.StartAll();
    }

    private Task KillBetweenReplyAndRecordAsync() =>
        ProbeAsync(new() { Operation = DiditOperation.Create, Kind = FaultKind.Delay, Delay = TimeSpan.FromSeconds(1.7) },
            async vendorData =>
        {
            // Pausing would not do: what the worker sends to a paused Redis is carried out afterwards.
            await world.Redis.StopAsync();
            var early = (await world.Didit.CreatesAsync(vendorData))[0].Status != 0;
            await Eventually.UntilAsync(async () => (await world.Didit.CreatesAsync(vendorData))[0].Status == 201, Bound, "Didit replied");
            await world.KillAllAsync();
            world.History.Count(early ? "missed: the reply was faster than the stop of Redis" : "killed between the reply and the record");
            await world.Redis.StartAsync();
            await world.FsyncAlwaysAsync();
            world.StartAll();
        });

    private async Task ProbeAsync(FaultRule fault, Func<string, Task> onArrival)
    {
        long id = 0;
        var probe = await driver.PublishProbeAsync(async message =>
            id = await world.Didit.AddFaultAsync(fault with { VendorData = message.VendorData, Count = 1 }));
        var vendorData = probe.Message.VendorData;
        await Eventually.UntilAsync(
            async () => (await world.Didit.CreatesAsync(vendorData)).Count > 0, Bound, "the create of the probe arrived");
        await onArrival(vendorData);
        await world.Didit.RemoveFaultAsync(id);
    }

    private static async Task SigtermAsync(IReadOnlyList<Replica> replicas)
    {
        await Task.WhenAll(replicas.Select(async replica =>
        {
            await replica.TerminateAsync();
            replica.Start();
        }));
    }

    private async Task RestartBrokerAsync()
    {
        await world.RabbitMq.StopAsync();
        await world.RabbitMq.StartAsync();
    }

    private async Task CutConnectionsAsync()
    {
        using var management = world.RabbitMq.ManagementClient();
        var connections = await management.GetFromJsonAsync<JsonElement>("api/connections");
        foreach (var connection in connections.EnumerateArray().Where(_ => random.Next(4) > 0))
        {
            var name = Uri.EscapeDataString(connection.GetProperty("name").GetString()!);
            using var response = await management.DeleteAsync(new Uri("api/connections/" + name, UriKind.Relative));
            world.History.Count(response.IsSuccessStatusCode ? "connections cut" : "connections that were closed already");
        }
    }

    private async Task RestartRedisAsync()
    {
        await world.Redis.StopAsync();
        await world.Redis.StartAsync();
        await world.FsyncAlwaysAsync();
    }

    private async Task PauseRedisAsync()
    {
        await world.Redis.PauseAsync(true);
        await Task.Delay(CampaignWorld.Lease + TimeSpan.FromSeconds(1 + (random.NextDouble() * 2)));
        await world.Redis.PauseAsync(false);
    }

    /// <summary>
    /// Around it each new message is published once only, and repeats of older ones say that they are: an unflagged repeat after such a
    /// loss is a documented limit. So nothing that has unflagged repeats may be under way.
    /// </summary>
    private async Task LoseRecordsAsync(Func<IServer, Task> lose)
    {
        await driver.SetModeAsync(PublishMode.Nothing);
        await world.DrainAsync(Bound);
        world.StartAll();
        await world.UntilReadyAsync();
        await driver.SetModeAsync(PublishMode.Once);
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(500, 1_500)));
        await world.OnRedisAsync(lose);
        world.Ledger.RedisLostRecords();
        world.History.Add("fault-records-lost");
        if (random.Next(2) == 0)
        {
            await KillOneAsync();
        }

        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(500, 1_500)));
        await driver.SetModeAsync(PublishMode.Nothing);
        await world.UntilAnsweredAsync(Bound);
        await driver.ReplayOldAsync(20, random);
        await driver.SetModeAsync(PublishMode.Everything);
    }

    private async Task DeleteHalfAsync(IServer server)
    {
        var keys = await server.KeysAsync().Where(_ => random.Next(2) == 0).ToArrayAsync();
        await server.Multiplexer.GetDatabase().KeyDeleteAsync(keys);
    }

    private async Task ChangeClockAsync()
    {
        if (FakeTime.Library is null)
        {
            world.History.Count("clock not changed: libfaketime is not installed");
            return;
        }

        var replica = world.Replicas[1];
        replica.ClockOffset = TimeSpan.FromSeconds(random.Next(3) == 0 ? 0 : random.Next(60, 241) * (random.Next(2) == 0 ? 1 : -1));
        world.History.Add("fault-clock", detail: replica.ClockOffset.ToString("c", CultureInfo.InvariantCulture));
        await replica.TerminateAsync();
        replica.Start();
    }
}
