using System.Net.Http.Json;
using System.Text;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;

namespace DiditWorker.IntegrationTests.Clusters;

/// <summary>A single broker with the definitions of <c>deploy/rabbitmq</c>.</summary>
internal sealed class OneBroker : IAsyncDisposable
{
    private readonly RabbitMqServer _server;

    private OneBroker(RabbitMqServer server) => _server = server;

    /// <summary>Of the harness, which may do everything.</summary>
    public string ConnectionString => AddressOf(RabbitMqServer.UserName, RabbitMqServer.Password);

    public static async Task<OneBroker> StartAsync(Deployed deployed)
    {
        var broker = new OneBroker(await RabbitMqServer.StartNewAsync());
        using var management = broker._server.ManagementClient();
        using var definitions = new StringContent(deployed.Definitions, Encoding.UTF8, "application/json");
        (await management.PostAsync(new Uri("api/definitions", UriKind.Relative), definitions)).EnsureSuccessStatusCode();
        using var all = JsonContent.Create(new { configure = ".*", write = ".*", read = ".*" });
        (await management.PutAsync(new Uri($"api/permissions/{Deployed.VirtualHost}/{RabbitMqServer.UserName}", UriKind.Relative), all))
            .EnsureSuccessStatusCode();
        return broker;
    }

    public string AddressOf(string user, string password) =>
        new UriBuilder(_server.ConnectionString) { UserName = user, Password = password, Path = Deployed.VirtualHost }.Uri.ToString();

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
