using System.Diagnostics;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Secrets;

/// <summary>
/// The hard order, under load: first the other side no longer accepts the old secret, and only when messages have piled up does the worker
/// get the new one. Nobody restarts it.
/// </summary>
public sealed class When_secrets_are_rotated
{
    [Test]
    public async Task Nothing_is_lost_or_made_twice_and_the_worker_goes_on_by_itself()
    {
        var rabbitMq = await TestServers.RabbitMqAsync();

        // Its default user wants a password too: with one that does not, a client whose login is refused goes on as that user.
        await using var redis = await RedisServer.StartNewAsync(users: null, tls: null, "--requirepass", "of-the-tests");
        await using var arena = await Arena.OpenAsync(redis, new() { ReuseByVendorData = false }, rabbitMq);
        var accounts = new Accounts(arena, rabbitMq);
        using var folder = new TemporaryFolder();
        await accounts.SetRabbitMqPasswordAsync("rabbit-1");
        await accounts.SetRedisPasswordAsync("redis-1");
        Use("Didit:ApiKey", Arena.ApiKey);
        Use("ConnectionStrings:RabbitMq", accounts.RabbitMqAddress("rabbit-1"));
        Use("ConnectionStrings:Redis", accounts.RedisAddress("redis-1"));
        await using var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        await using var traffic = Traffic.Start(arena);
        await traffic.UntilItFlowsAsync("before anything changes");

        await RotateAsync(
            "Didit:ApiKey", "api-key-2",
            () => Task.FromResult(arena.Didit.State.Configure(settings => settings with { ApiKey = "api-key-2" })),
            () => Task.CompletedTask);
        await RotateAsync(
            "ConnectionStrings:RabbitMq", accounts.RabbitMqAddress("rabbit-2"), () =>
            accounts.SetRabbitMqPasswordAsync("rabbit-2"), accounts.CutRabbitMqAsync);
        await RotateAsync(
            "ConnectionStrings:Redis", accounts.RedisAddress("redis-2"), () =>
            accounts.SetRedisPasswordAsync("redis-2"), accounts.CutRedisAsync);

        var messages = await traffic.ShouldBeCompleteAsync();
        worker.HasExited.ShouldBeFalse();
        foreach (var secret in (string[])[Arena.ApiKey, "api-key-2", "rabbit-1", "rabbit-2", "redis-1", "redis-2"])
        {
            worker.Output.ShouldNotContain(secret);
        }

        await TestContext.Progress.WriteLineAsync(
            $"Rotated under load: {messages} messages, {arena.Broker.Answers.Count} answers, {arena.Didit.State.Sessions.Count} sessions");
        await accounts.RemoveAsync();

        void Use(string key, string value)
        {
            File.WriteAllText(folder.File(key), value + "\n");
            arena.Settings.Remove(key);
            arena.Settings[key + "File"] = folder.File(key);
        }

        async Task RotateAsync(string key, string value, Func<Task> atTheOtherSide, Func<Task> cut)
        {
            await atTheOtherSide();
            await traffic.UntilItStopsAsync($"since {key} is no longer accepted", cut);
            var clock = Stopwatch.StartNew();
            await File.WriteAllTextAsync(folder.File(key), value + "\n");
            await worker.UntilOutputAsync($"{key}File ({folder.File(key)}) has changed and is used from now on");
            await traffic.UntilItFlowsAsync($"with the new {key}");
            await TestContext.Progress.WriteLineAsync(
                $"{key}: the backlog is answered {clock.Elapsed.TotalSeconds:0.0} s after the file was replaced");
        }
    }
}
