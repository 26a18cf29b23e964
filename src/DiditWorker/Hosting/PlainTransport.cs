using System.Net;
using DiditWorker.Redis;

namespace DiditWorker.Hosting;

/// <summary>Which connections leave this machine without TLS.</summary>
internal static class PlainTransport
{
    /// <summary>The settings, each with what to write instead.</summary>
    public static IEnumerable<(string Setting, string Remedy)> Find(WorkerSettings settings)
    {
        if (!settings.RabbitMq.Tls && settings.RabbitMq.Hosts.Any(node => !IsLocal(node.Host)))
        {
            yield return (settings.RabbitMqFile?.Setting ?? "ConnectionStrings:RabbitMq", "write amqps://");
        }

        var redis = RedisConnection.Options(settings.Redis);
        if (!redis.Ssl
            && redis.EndPoints.Any(
                node => node is DnsEndPoint { Host: var host } ? !IsLocal(host) : node is IPEndPoint { Address: var address }
                    && !IPAddress.IsLoopback(address)))
        {
            yield return (settings.RedisFile?.Setting ?? "ConnectionStrings:Redis", "add ssl=true");
        }

        if (settings.Didit.BaseAddress is { Scheme: "http", IsLoopback: false })
        {
            yield return ("Didit:BaseAddress", "write https://");
        }
    }

    private static bool IsLocal(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
