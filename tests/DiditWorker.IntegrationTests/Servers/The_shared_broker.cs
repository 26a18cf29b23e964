using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Servers;

[TestFixture]
public sealed class The_shared_broker
{
    [Test]
    public async Task Is_one_for_the_whole_run()
    {
        var first = await TestServers.RabbitMqAsync();
        (await TestServers.RabbitMqAsync()).ShouldBeSameAs(first);
        Version.Parse(first.Version).ShouldBeGreaterThan(new Version(3, 8), "quorum queues are needed");
    }
}
