using System.Text.Json;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.Terminal;
using RabbitMQ.Client;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Support;

/// <summary>What a command came to.</summary>
internal sealed record CommandRun(int ExitCode, string Text, string Notes)
{
    public JsonElement Json => JsonElement.Parse(Text);

    public override string ToString() => $"exit code {ExitCode}\n{Text}\n{Notes}";
}

/// <summary>An operator at an arena: runs commands in this process, with the arena's settings on the command line.</summary>
internal static class Operating
{
    public static Task<CommandRun> OperateAsync(this Arena arena, params string[] args) => RunAsync([.. args, .. SettingsOf(arena)]);

    public static async Task<CommandRun> RunAsync(params string[] args)
    {
        var (text, notes) = (new StringWriter(), new StringWriter());
        var exitCode = await Hosting.CommandLine.RunAsync(args, text, notes);
        return new(exitCode, text.ToString(), notes.ToString());
    }

    /// <summary>What a command has of the broker, in the default virtual host.</summary>
    public static RabbitMqBroker BrokerOn(IConnection connection) =>
        new(connection, "/", new(TimeProvider.System, _ => { }), TimeProvider.System);

    /// <summary>Runs what a command would run, with its services.</summary>
    public static async Task WithServicesAsync(this Arena arena, Func<IServiceProvider, IOperatorBroker, Task> action)
    {
        var notes = new StringWriter();
        var host = Hosting.CommandLine.Host(SettingsOf(arena), new(new StringWriter(), notes));
        var exitCode = await host.RunWithBrokerAsync<Visitor>(
            async visitor =>
            {
                await action(visitor.Services, visitor.Broker);
                return ExitCodes.Done;
            },
            default);
        if (exitCode != ExitCodes.Done)
        {
            throw new InvalidOperationException(notes.ToString());
        }
    }

    /// <summary>Runs on the arena's Redis.</summary>
    public static async Task<T> OnRedisAsync<T>(this Arena arena, Func<IDatabase, Task<T>> action)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(arena.Redis.ConnectionString);
        return await action(redis.GetDatabase());
    }

    public static Task<string?> StoredAsync(this Arena arena, string requestId) =>
        arena.OnRedisAsync(async redis => (string?)await redis.StringGetAsync(arena.RedisKey(requestId)));

    public static Task PutAsync(this Arena arena, string requestId, string record) =>
        arena.OnRedisAsync(redis => redis.StringSetAsync(arena.RedisKey(requestId), record, TimeSpan.FromHours(20)));

    /// <summary>A record of a payload, first attempted an hour ago.</summary>
    public static string Record(char state, string fingerprint, DateTimeOffset? leaseUntil = null, int attempts = 1, string payload = "")
    {
        var first = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds();
        return $"1 {state} {fingerprint} owner-a-16-chars {leaseUntil?.ToUnixTimeMilliseconds() ?? 0} {first} {first} {attempts} {payload}";
    }

    /// <summary>As they stand on the command line.</summary>
    public static string[] SettingsOf(Arena arena) => [.. arena.Settings.Select(setting => $"--{setting.Key}={setting.Value}")];

    private sealed record Visitor(IServiceProvider Services, IOperatorBroker Broker);
}
