using System.Net;
using System.Net.Sockets;
using System.Text;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>The HTTP endpoints of the service as it is shipped: where they listen, what they refuse, what every response says.</summary>
public sealed class When_a_client_asks_for_too_much
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private WorkerProcess _worker = null!;
    private HttpClient _http = null!;

    // Neither broker nor Redis: the endpoints answer all the same.
    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _worker = WorkerProcess.Start(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings:RabbitMq"] = $"amqp://127.0.0.1:{FreePort.Take()}/", ["ConnectionStrings:Redis"] = $"127.0.0.1:{FreePort.Take()}", ["Didit:ApiKey"] = "k",
        });
        _http = new() { BaseAddress = _worker.Address };
        await Eventually.UntilAsync(_worker.IsLiveAsync, Bound, "the worker is alive");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _http.Dispose();
        await _worker.DisposeAsync();
    }

    [Test]
    public async Task Every_response_has_the_security_headers([Values("/", "/status.json", "/health/live", "/health/ready", "/metrics", "/nothing-here")] string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));

        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        response.Headers.Contains("Server").ShouldBeFalse();
    }

    [Test]
    public async Task A_long_address_is_refused() =>
        (await _http.GetAsync(new Uri("/health/live?" + new string('x', 3000), UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.RequestUriTooLong);

    [Test]
    public async Task Large_headers_are_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live");
        request.Headers.Add("X-Large", new string('x', 10_000));

        (await _http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.RequestHeaderFieldsTooLarge);
    }

    [Test]
    public async Task A_client_that_never_ends_its_headers_is_sent_away()
    {
        using var client = await ConnectAsync();
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /health/live HTTP/1.1\r\nHost: localhost\r\n"));

        using var reader = new StreamReader(client.GetStream());
        (await reader.ReadLineAsync().WaitAsync(Bound)).ShouldBe("HTTP/1.1 408 Request Timeout");
    }

    [Test]
    public async Task More_connections_than_it_serves_are_closed()
    {
        var clients = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 150; i++)
            {
                clients.Add(await ConnectAsync());
            }

            // The first ones are served, whoever came after them.
            using var cancellation = new CancellationTokenSource(Bound);
            (await clients[^1].GetStream().ReadAsync(new byte[1], cancellation.Token)).ShouldBe(0);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        await Eventually.UntilAsync(_worker.IsLiveAsync, Bound, "it answers again");
    }

    [Test]
    public async Task Where_it_was_not_told_to_listen_nobody_answers()
    {
        using var client = new TcpClient();

        var other = IPAddress.Parse("127.0.0.2");
        (await Should.ThrowAsync<SocketException>(() => client.ConnectAsync(other, _worker.Address.Port))).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _worker.Address.Port);
        return client;
    }
}
