using System.Diagnostics.CodeAnalysis;
using DiditWorker.Secrets;

namespace DiditWorker.Operations.Broker;

/// <summary>
/// Where RabbitMQ is: <c>amqp[s]://user:password@host[:port][,host[:port]…]/vhost</c> (RabbitMQ URI specification, plus several hosts).
/// </summary>
/// <param name="Hosts">One, or the nodes of a cluster.</param>
/// <param name="VirtualHost">Default <c>/</c>.</param>
/// <param name="User">Default <c>guest</c>.</param>
/// <param name="Password">Default <c>guest</c>.</param>
/// <param name="Tls">Whether the scheme is <c>amqps</c>.</param>
public sealed record BrokerAddress(IReadOnlyList<(string Host, int Port)> Hosts, string VirtualHost, string User, Secret Password, bool Tls)
{
    /// <summary>Reads an address.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out BrokerAddress? address, out string problem)
    {
        address = null;
        problem = "expected amqp:// or amqps:// user:password@host[:port][,host[:port]]/vhost";
        var tls = text.StartsWith("amqps://", StringComparison.OrdinalIgnoreCase);
        if (!tls && !text.StartsWith("amqp://", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var virtualHost = slash < 0 || slash == rest.Length - 1 ? "/" : Uri.UnescapeDataString(rest[(slash + 1)..]);
        var authority = slash < 0 ? rest : rest[..slash];
        var at = authority.LastIndexOf('@');
        var user = at < 0 ? ["guest", "guest"] : authority[..at].Split(':', 2).Select(Uri.UnescapeDataString).ToArray();
        var hosts = authority[(at + 1)..].Split(',').Select(h => ParseHost(h, tls ? 5671 : 5672)).ToList();
        if (hosts.Contains(null) || user.Length != 2 || rest.IndexOf('/', slash + 1) >= 0)
        {
            return false;
        }

        address = new([.. hosts.Select(h => h!.Value)], virtualHost, user[0], new(user[1]), tls);
        return true;
    }

    // Prefixed with a scheme so that Uri checks host names, ports and IPv6 brackets for us.
    private static (string Host, int Port)? ParseHost(string text, int defaultPort) =>
        Uri.TryCreate("tcp://" + text, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri.PathAndQuery is "/" or ""
            ? (uri!.IdnHost, uri.Port > 0 ? uri.Port : defaultPort)
            : null;

    /// <summary>Without user and password, fit for logs.</summary>
    public override string ToString() => string.Join(',', Hosts.Select(h => $"{h.Host}:{h.Port}"));
}
