using NUnit.Framework;

namespace DiditWorker.IntegrationTests.Servers;

/// <summary>
/// One RabbitMQ and one Redis for the whole run, each started when first asked for. Tests which stop or freeze a server start
/// one of their own, by <see cref="RabbitMqServer.StartNewAsync"/> or <see cref="RedisServer.StartNewAsync"/>.
/// </summary>
public static class TestServers
{
    private static readonly Lazy<Task<RabbitMqServer>> RabbitMq = new(() => RabbitMqServer.StartNewAsync());
    private static readonly Lazy<Task<RedisServer>> Redis = new(() => RedisServer.StartNewAsync());

    public static Task<RabbitMqServer> RabbitMqAsync() => RabbitMq.Value;

    public static Task<RedisServer> RedisAsync() => Redis.Value;

    /// <summary>Stops what was started, and says what the tests ran against.</summary>
    internal static async Task StopAsync()
    {
        var used = new List<string>();
        if (RabbitMq is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await using var server = await RabbitMq.Value;
            used.Add($"RabbitMQ {server.Version}");
        }

        if (Redis is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await using var server = await Redis.Value;
            used.Add(server.Version);
        }

        if (used.Count > 0)
            await TestContext.Progress.WriteLineAsync(
                $"Test servers: {(await ServerSource.Current).Description}, {string.Join(", ", used)}"
            );
    }
}
