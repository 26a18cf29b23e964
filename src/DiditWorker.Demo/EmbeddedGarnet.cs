using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiditWorker.Demo;

/// <summary>Microsoft's Garnet in this process, on loopback: speaks Redis' protocol, so the worker's own store runs against it.</summary>
public sealed class EmbeddedGarnet : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("diditworker-garnet-").FullName;
    private readonly Garnet.GarnetServer _server;

    /// <summary>Starts it.</summary>
    public EmbeddedGarnet()
    {
        var port = FreePort().ToString(CultureInfo.InvariantCulture);

        // --lua: the store's scripts. --device-type: without it and without libaio the process ends at the first write to the log.
        var arguments = $"-q --bind 127.0.0.1 --port {port} --lua --lua-transaction-mode --aof --recover --device-type RandomAccess "
            + "--memory 64m --page 4m --index 16m --aof-memory 16m --aof-page-size 8m";
        _server = new([.. arguments.Split(' '), "--checkpointdir", _directory], NullLoggerFactory.Instance);
        _server.Start();
        ConnectionString = $"127.0.0.1:{port}";
    }

    /// <summary>For StackExchange.Redis.</summary>
    public string ConnectionString { get; }

    /// <inheritdoc />
    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    // Garnet takes port 0 but tells nobody which port it took.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
