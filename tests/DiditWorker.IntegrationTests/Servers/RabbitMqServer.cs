using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using RabbitMQ.Client;
using Testcontainers.RabbitMq;

namespace DiditWorker.IntegrationTests.Servers;

/// <summary>A real RabbitMQ with its management API and its metrics. It keeps its addresses and its durable data over a restart.</summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    /// <summary>Of the broker and of the management API; the server is reachable from this machine only.</summary>
    public const string UserName = "tests";

    /// <inheritdoc cref="UserName"/>
    public const string Password = "tests";

    private const string ImageSetting = "DIDITWORKER_TEST_RABBITMQ_IMAGE";
    private const string DefaultImage = "rabbitmq:4.3.6-management";
    private static readonly TimeSpan StartBound = TimeSpan.FromMinutes(2);

    private readonly IServerHost _host;

    private RabbitMqServer(IServerHost host, string address, string amqpPort, string managementPort, string metricsPort)
    {
        _host = host;
        ConnectionString = $"amqp://{UserName}:{Password}@{address}:{amqpPort}/";
        Management = new Uri($"http://{address}:{managementPort}/");
        Metrics = $"{address}:{metricsPort}";
    }

    public string ConnectionString { get; }

    /// <summary>The address of the management API, without "api/".</summary>
    public Uri Management { get; }

    /// <summary>Host and port of the Prometheus endpoint.</summary>
    public string Metrics { get; }

    public string Version { get; private set; } = "";

    /// <summary>
    /// Whether a message that a consumer gives back (<c>basic.nack</c>) counts against a delivery limit, in <c>x-delivery-count</c>. From
    /// 4.3 on only <c>x-acquired-count</c> is raised.
    /// </summary>
    public bool CountsReturns => !IsAtLeast(4, 3);

    /// <summary>Whether a quorum queue hands out urgent messages first.</summary>
    public bool SortsByPriority => IsAtLeast(4, 0);

    /// <summary>For what brokers do differently.</summary>
    public bool IsAtLeast(int major, int minor) => System.Version.Parse(Version) >= new Version(major, minor);

    /// <summary>A server of the caller's own, to stop at will; the caller disposes it.</summary>
    /// <param name="configuration">More lines of <c>rabbitmq.conf</c>.</param>
    /// <param name="tls">What they speak of.</param>
    public static async Task<RabbitMqServer> StartNewAsync(string configuration = "", TlsListener? tls = null)
    {
        var amqp = FreePort.Take().ToString(CultureInfo.InvariantCulture);
        var management = FreePort.Take().ToString(CultureInfo.InvariantCulture);
        var metrics = FreePort.Take().ToString(CultureInfo.InvariantCulture);
        var server = (await ServerSource.Current).IsDocker
            ? new RabbitMqServer(Container(amqp, management, metrics, configuration, tls), ContainerHost.Address, amqp, management, metrics)
            : new RabbitMqServer(
                NativeRabbitMq.Host(amqp, management, metrics, configuration), IPAddress.Loopback.ToString(), amqp, management, metrics);
        await server.StartAsync();
        return server;
    }

    public async Task StartAsync()
    {
        await _host.StartAsync();
        try
        {
            await Eventually.UntilAsync(AnswersAsync, StartBound, $"RabbitMQ at {Management} answers");
        }
        catch (AssertionException exception)
        {
            var log = await _host.LogTailAsync();
            await _host.DisposeAsync();
            throw new InvalidOperationException($"RabbitMQ did not start. Its log ends:\n{log}", exception);
        }
    }

    public Task StopAsync() => _host.StopAsync();

    /// <summary>A client of the management API, with its address and credentials set.</summary>
    public HttpClient ManagementClient()
    {
        var credentials = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{UserName}:{Password}"));
        var client = new HttpClient { BaseAddress = Management };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        return client;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task<bool> AnswersAsync()
    {
        using var client = ManagementClient();
        var overview = await client.GetFromJsonAsync<JsonElement>("api/overview");
        Version = overview.GetProperty("rabbitmq_version").GetString()!;
        await using var connection = await new ConnectionFactory { Uri = new(ConnectionString) }.CreateConnectionAsync();
        return connection.IsOpen;
    }

    private static ContainerHost Container(string amqp, string management, string metrics, string configuration, TlsListener? tls)
    {
        var image = Environment.GetEnvironmentVariable(ImageSetting) is { Length: > 0 } value ? value : DefaultImage;
        var builder = ContainerHost.Configure(new RabbitMqBuilder(image).WithUsername(UserName).WithPassword(Password));
        builder = builder.WithPortBinding(amqp, "5672").WithPortBinding(management, "15672").WithPortBinding(metrics, "15692")
            .WithResourceMapping(Encoding.UTF8.GetBytes(configuration + "\n"), "/etc/rabbitmq/conf.d/90-tests.conf");
        return new((tls?.Add(builder) ?? builder).Build());
    }
}
