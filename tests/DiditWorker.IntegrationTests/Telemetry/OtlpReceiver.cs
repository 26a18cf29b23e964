using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using DiditWorker.IntegrationTests.Servers;

namespace DiditWorker.IntegrationTests.Telemetry;

/// <summary>Takes what is exported by OTLP over HTTP, as it comes: protobuf keeps text as UTF-8, so it can be searched.</summary>
internal sealed class OtlpReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string Path, string Body)> _received = new();

    public OtlpReceiver()
    {
        Address = $"http://127.0.0.1:{FreePort.Take().ToString(CultureInfo.InvariantCulture)}";
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _ = ReceiveAsync();
    }

    public string Address { get; }

    /// <summary>What came to <c>/v1/traces</c>, <c>/v1/metrics</c> or <c>/v1/logs</c> so far.</summary>
    public string Text(string path) => string.Join('\n', _received.Where(item => item.Path == path).Select(item => item.Body));

    public void Dispose() => _listener.Close();

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _received.Enqueue((context.Request.Url!.AbsolutePath, Encoding.UTF8.GetString(body.ToArray())));
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
