using System.Net;
using DiditWorker.Didit;
using DiditWorker.Redis;

namespace DiditWorker.Hosting;

/// <summary>Which connections leave this machine without TLS.</summary>
internal static class PlainTransport
{
    /// <summary>The settings, each with what to write instead.</summary>
    public static IEnumerable<(string Setting, string Remedy)> Find(RabbitMqOptions rabbitMq, RedisOptions redis, DiditOptions didit)
    {
        if (rabbitMq.Connection.Current is { Tls: false } broker && broker.Hosts.Any(node => !IsLocal(node.Host)))
        {
            yield return (rabbitMq.Connection.Key, "write amqps://");
        }

        var records = RedisConnection.Options(redis.Connection.Current!.Reveal());
        if (!records.Ssl
            && records.EndPoints.Any(
                node => node is DnsEndPoint { Host: var host } ? !IsLocal(host) : node is IPEndPoint { Address: var address }
                    && !IPAddress.IsLoopback(address)))
        {
            yield return (redis.Connection.Key, "add ssl=true");
        }

        if (didit.BaseAddress is { Scheme: "http", IsLoopback: false })
        {
            yield return ("Didit:BaseAddress", "write https://");
        }
    }

    private static bool IsLocal(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
