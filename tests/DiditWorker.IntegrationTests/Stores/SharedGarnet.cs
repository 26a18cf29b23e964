using DiditWorker.Demo;
using NUnit.Framework;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>One Garnet for the tests of this namespace, started when first asked for.</summary>
[SetUpFixture]
public sealed class SharedGarnet
{
    private static readonly Lazy<EmbeddedGarnet> Server = new(() => new());

    public static string ConnectionString => Server.Value.ConnectionString;

    [OneTimeTearDown]
    public void Stop()
    {
        if (Server.IsValueCreated)
            Server.Value.Dispose();
    }
}
