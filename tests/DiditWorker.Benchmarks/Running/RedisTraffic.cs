using System.Net.Sockets;
using System.Text;
using StackExchange.Redis;

namespace DiditWorker.Benchmarks.Running;

/// <summary>
/// Counts the commands that clients send about records and rates, each of them a round trip; what scripts call inside Redis is none.
/// </summary>
internal sealed class RedisTraffic : IAsyncDisposable
{
    private static readonly string[] OnTheHotPath = ["\"EVALSHA\"", "\"EVAL\"", "\"GET\"", "\"SET\"", "\"SETEX\""];

    private readonly TcpClient _client;
    private readonly Task _reading;
    private long _count;

    private RedisTraffic(TcpClient client) => (_client, _reading) = (client, ReadAsync(client.GetStream()));

    /// <summary>So far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Begins to count (Redis documentation, MONITOR).</summary>
    public static async Task<RedisTraffic> BeginAsync(IServer server)
    {
        var client = new TcpClient();
        await client.ConnectAsync((System.Net.IPEndPoint)server.EndPoint);
        await client.GetStream().WriteAsync("MONITOR\r\n"u8.ToArray());
        return new(client);
    }

    private async Task ReadAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1);
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                if (!line.Contains(" lua]", StringComparison.Ordinal)
                    && Array.Exists(OnTheHotPath, command => line.Contains(command, StringComparison.OrdinalIgnoreCase)))
                {
                    Interlocked.Increment(ref _count);
                }
            }
        }
        catch (IOException)
        {
            // Disposed.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _reading;
    }
}
