using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace DiditWorker.IntegrationTests.Servers;

/// <summary>
/// Loopback ports that keep belonging to a server while it is stopped. They lie below the range from which systems take the
/// ports of outgoing connections; otherwise a client that retries against the stopped server could be given that very port.
/// </summary>
internal static class FreePort
{
    private static readonly ConcurrentDictionary<int, byte> Taken = new();

    public static int Take()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 30_000);
            if (Taken.TryAdd(port, 0) && CanBind(port))
                return port;
        }
    }

    private static bool CanBind(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
