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
    private int _begun;
    private HttpClient _http = null!;

    // Neither broker nor Redis: the endpoints answer all the same.
    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _worker = WorkerProcess.Start(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings:RabbitMq"] = $"amqp://127.0.0.1:{FreePort.Take()}/",
            ["ConnectionStrings:Redis"] = $"127.0.0.1:{FreePort.Take()}", ["Didit:ApiKey"] = "k",
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
    public async Task Every_response_has_the_security_headers(
        [Values("/", "/status.json", "/health/live", "/health/ready", "/metrics", "/nothing-here")] string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));

        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        response.Headers.Contains("Server").ShouldBeFalse();
    }

    [Test]
    public async Task A_long_address_is_refused() =>
        (await _http.GetAsync(new Uri("/health/live?" + new string('x', 3000), UriKind.Relative)))
            .StatusCode.ShouldBe(HttpStatusCode.RequestUriTooLong);

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
    public async Task Somebody_who_holds_connections_keeps_no_probe_out([Values(150, 400)] int count)
    {
        var clients = new List<TcpClient>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                clients.Add(await ConnectAsync());
            }

            // A new connection each, as an orchestrator's probe makes it.
            foreach (var path in (string[])["/health/live", "/health/ready", "/metrics", "/health/live"])
            {
                using var http = new HttpClient { BaseAddress = _worker.Address, Timeout = Bound };
                using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
                response.StatusCode.ShouldBe(path == "/health/ready" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK, path);
            }

            // The bound is kept: whoever came first had to go.
            using var cancellation = new CancellationTokenSource(Bound);
            (await IsClosedAsync(clients[0], cancellation.Token)).ShouldBeTrue();
            await Eventually.UntilAsync(
                () => Task.FromResult(clients.Count(client => !IsOver(client)) <= 100), Bound, "no more than 100 are left");
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    [Test]
    public async Task Who_begins_requests_and_never_ends_them_keeps_no_probe_out()
    {
        using var stop = new CancellationTokenSource();
        var holding = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => HoldAsync(stop.Token)));
        using (var http = new HttpClient { BaseAddress = _worker.Address, Timeout = Bound })
        {
            // Several times as many as there is room for come and stay meanwhile.
            for (var i = 0; i < 20 || Volatile.Read(ref _begun) < 500; i++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { ConnectionClose = true } };
                using var response = await http.SendAsync(request);
                response.StatusCode.ShouldBe(HttpStatusCode.OK);
            }
        }

        await stop.CancelAsync();
        await holding;
    }

    [Test]
    public async Task Where_it_was_not_told_to_listen_nobody_answers()
    {
        using var client = new TcpClient();

        var other = IPAddress.Parse("127.0.0.2");
        (await Should.ThrowAsync<SocketException>(() => client.ConnectAsync(other, _worker.Address.Port)))
            .SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
    }

    // 100 half requests at a time, each in place of one that the worker has closed.
    private async Task HoldAsync(CancellationToken stopping)
    {
        var held = new Queue<TcpClient>();
        while (!stopping.IsCancellationRequested)
        {
            var client = await ConnectAsync();
            await client.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes("GET /health/ready HTTP/1.1\r\nHost: localhost\r\n"), CancellationToken.None);
            held.Enqueue(client);
            Interlocked.Increment(ref _begun);
            if (held.Count > 100)
            {
                await IsClosedAsync(held.Peek(), CancellationToken.None);
                held.Dequeue().Dispose();
            }
        }

        foreach (var client in held)
        {
            client.Dispose();
        }
    }

    private static bool IsOver(TcpClient client) => client.Client.Poll(0, SelectMode.SelectRead);

    private static async Task<bool> IsClosedAsync(TcpClient client, CancellationToken cancellation)
    {
        try
        {
            return await client.GetStream().ReadAsync(new byte[1], cancellation) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _worker.Address.Port);
        return client;
    }
}
