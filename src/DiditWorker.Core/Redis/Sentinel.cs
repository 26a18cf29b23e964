using System.Net;
using StackExchange.Redis;

namespace DiditWorker.Redis;

/// <summary>
/// Whether Sentinel names a primary that is one. The client asks the same, but leaves a connection behind that tries again for ever, each
/// time that the answer is no.
/// </summary>
internal static class Sentinel
{
    private const string Primary = "master";

    /// <summary>Asks, with connections that end with it.</summary>
    /// <param name="options">Of the connection to come.</param>
    /// <param name="service">What Sentinel calls the primary.</param>
    /// <exception cref="RedisException">No Sentinel answers, they name no primary, it does not answer, or it is none.</exception>
    public static async Task CheckAsync(ConfigurationOptions options, string service)
    {
        var once = options.Clone();
        once.AbortOnConnectFail = true;
        var primary = await PrimaryAsync(once, service) ?? throw NoPrimary("no Sentinel names a primary of this serviceName");
        once.ServiceName = null;
        once.EndPoints.Clear();
        once.EndPoints.Add(primary);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(once);
        if ((await redis.GetServer(primary).RoleAsync()).Value != Primary)
        {
            throw NoPrimary("the server that Sentinel names is not the primary");
        }
    }

    /// <summary>A failure that counts as "Redis cannot be asked".</summary>
    public static RedisConnectionException NoPrimary(string why) => new(
        ConnectionFailureType.UnableToResolvePhysicalConnection, CommandFlags.None, why, innerException: null, CommandStatus.Unknown);

    private static async Task<EndPoint?> PrimaryAsync(ConfigurationOptions once, string service)
    {
        await using var sentinels = await ConnectionMultiplexer.SentinelConnectAsync(once);
        foreach (var sentinel in sentinels.GetServers().Where(server => server.IsConnected))
        {
            if (await sentinel.SentinelGetMasterAddressByNameAsync(service) is { } primary)
            {
                return primary;
            }
        }

        return null;
    }
}
