using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_the_worker_ends(Kind kind) : StoreTest(kind)
{
    [Test]
    public async Task Its_connection_to_redis_is_closed()
    {
        var name = $"ends-{Guid.NewGuid():N}";
        var connection = new RedisConnection($"{Address},name={name}");
        await connection.PingAsync();
        (await IsListedAsync(name)).ShouldBeTrue();

        await connection.DisposeAsync();

        await Eventually.UntilAsync(async () => !await IsListedAsync(name), Bound, "the server has no such client any more");
    }

    private async Task<bool> IsListedAsync(string name) =>
        ((string)(await Database.ExecuteAsync("CLIENT", "LIST"))!).Contains($" name={name} ", StringComparison.Ordinal);
}
