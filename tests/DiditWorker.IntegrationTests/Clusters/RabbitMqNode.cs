using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;

namespace DiditWorker.IntegrationTests.Clusters;

/// <summary>One node of a <see cref="RabbitMqCluster"/>.</summary>
internal sealed class RabbitMqNode : IAsyncDisposable
{
    // Nodes know each other by it.
    private const string Cookie = "diditworker-tests";
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    private readonly NativeHost _host;
    private readonly HttpClient _management;
    private readonly string _directory = Leftovers.NewDirectory();

    public RabbitMqNode(int number, string epmdPort)
    {
        (Name, Address, AmqpPort) = ($"rabbit{number}@rabbit-{number}", AddressOf(number), FreePort.Take());
        var management = FreePort.Take();
        WriteFiles(management);
        var erlang = $"{{{Address.Replace('.', ',')}}}";
        var environment = NativeRabbitMq.Environment(_directory, Name, AmqpPort.ToString(CultureInfo.InvariantCulture), epmdPort, erlang);
        environment["ERL_INETRC"] = In("inetrc");
        environment["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] += $" -kernel inet_dist_connect_options [{{ip,{erlang}}}]";
        _host = new(_directory, environment, new Command(ServerSource.Find("rabbitmq-server")));
        _management = new() { BaseAddress = new($"http://127.0.0.1:{management}/api/"), Timeout = TimeSpan.FromSeconds(60) };
        _management.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{RabbitMqServer.UserName}:{RabbitMqServer.Password}")));
    }

    public string Name { get; }

    /// <summary>Where the other nodes reach it.</summary>
    public string Address { get; }

    public int AmqpPort { get; }

    public static string AddressOf(int number) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.{10 + number}");

    public Task StartAsync() => _host.StartAsync();

    public Task KillAsync() => _host.KillAsync();

    public async Task UntilUpAsync()
    {
        try
        {
            await Eventually.UntilAsync(async () => (await GetAsync("nodes")).GetArrayLength() > 0, Bound, $"{Name} answers");
        }
        catch (NUnit.Framework.AssertionException exception)
        {
            throw new InvalidOperationException(await _host.LogTailAsync(), exception);
        }
    }

    /// <summary>What the node itself wrote; empty if it did not come so far.</summary>
    public string Log()
    {
        if (!File.Exists(Path.Combine(In("log"), Name + ".log")))
        {
            return "";
        }

        using var file =
            new StreamReader(new FileStream(Path.Combine(In("log"), Name + ".log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return file.ReadToEnd();
    }

    /// <summary>For what brokers do differently.</summary>
    public async Task<bool> IsAtLeastAsync(int major, int minor) =>
        Version.Parse((await GetAsync("overview")).GetProperty("rabbitmq_version").GetString()!) >= new Version(major, minor);

    public Task<JsonElement> GetAsync(string path) => _management.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));

    public async Task SendAsync(HttpMethod method, string path, HttpContent content)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        using var response = await _management.SendAsync(request);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
        }
    }

    public async ValueTask DisposeAsync()
    {
        _management.Dispose();
        File.WriteAllText(Path.Combine(ClusterWorld.Folder(), Name + ".log"), Log());
        await _host.DisposeAsync();
    }

    private string In(string name) => Path.Combine(_directory, name);

    [SuppressMessage("Interoperability", "CA1416", Justification = "Native servers run on Linux and macOS only.")]
    private void WriteFiles(int management)
    {
        // One port mapper serves all three here, so their names differ before the @ as well.
        var configuration = Enumerable.Range(1, 3).Aggregate(
            Deployed.Text("rabbitmq/rabbitmq.conf"), (text, n) =>
            text.Replace($"rabbit@rabbit-{n}", $"rabbit{n}@rabbit-{n}", StringComparison.Ordinal));
        File.WriteAllText(In("enabled_plugins"), "[rabbitmq_management].");
        File.WriteAllText(
            In("rabbitmq.conf"),
            $"""
            {configuration}
            # As deploy/rabbitmq/README.md advises before 4.3; it means nothing from then on.
            cluster_partition_handling = pause_minority
            management.tcp.ip = 127.0.0.1
            management.tcp.port = {management}
            default_user = {RabbitMqServer.UserName}
            default_pass = {RabbitMqServer.Password}

            """);
        File.WriteAllText(In("inetrc"), string.Concat(Enumerable.Range(1, 3).Select(number =>
            $"{{host,{{{AddressOf(number).Replace('.', ',')}}},[\"rabbit-{number}\"]}}.\n")) + "{lookup,[file,native]}.\n");
        File.WriteAllText(In(".erlang.cookie"), Cookie);
        File.SetUnixFileMode(In(".erlang.cookie"), UnixFileMode.UserRead);
    }
}
