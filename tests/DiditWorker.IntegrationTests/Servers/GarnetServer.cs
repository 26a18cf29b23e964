using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiditWorker.IntegrationTests.Servers;

/// <summary>Microsoft's Garnet inside this process: the embedded store of the demo, held to the same contract as Redis.</summary>
public sealed class GarnetServer : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("diditworker-garnet-").FullName;
    private readonly Garnet.GarnetServer _server;

    public GarnetServer()
    {
        // Port 0 would work, but Garnet tells nobody which port it took.
        var port = FreePort.Take().ToString(CultureInfo.InvariantCulture);
        // The device type: without it and without libaio the process ends at the first write to the append-only file.
        var arguments =
            $"-q --bind 127.0.0.1 --port {port} --lua --lua-transaction-mode --aof --recover --device-type RandomAccess "
            + "--memory 64m --page 4m --index 16m --aof-memory 16m --aof-page-size 8m";
        _server = new([.. arguments.Split(' '), "--checkpointdir", _directory], NullLoggerFactory.Instance);
        _server.Start();
        ConnectionString = $"127.0.0.1:{port}";
    }

    /// <summary>In StackExchange.Redis syntax.</summary>
    public string ConnectionString { get; }

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}
