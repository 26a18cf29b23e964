using DiditWorker.IntegrationTests.Servers;
using NUnit.Framework;

namespace DiditWorker.IntegrationTests;

/// <summary>In the root namespace, so that it encloses every test of the assembly.</summary>
[SetUpFixture]
public sealed class StopTestServers
{
    [OneTimeTearDown]
    public Task StopAsync() => TestServers.StopAsync();
}
