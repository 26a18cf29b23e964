using DiditWorker.IntegrationTests.Servers;
using NUnit.Framework;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>One Garnet for the tests of this namespace, started when first asked for.</summary>
[SetUpFixture]
public sealed class SharedGarnet
{
    private static readonly Lazy<GarnetServer> Server = new(() => new());

    public static string ConnectionString => Server.Value.ConnectionString;

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (Server.IsValueCreated)
            await Server.Value.DisposeAsync();
    }
}
