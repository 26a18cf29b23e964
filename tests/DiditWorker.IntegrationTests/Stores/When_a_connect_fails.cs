using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Stores;

[TestFixture(Kind.Redis)]
[TestFixture(Kind.Garnet)]
public sealed class When_a_connect_fails(Kind kind) : StoreTest(kind)
{
    [Test]
    public async Task It_is_tried_again_once_there_is_something_to_connect_to()
    {
        // No Sentinel listens there.
        var address = "127.0.0.1:1,serviceName=didit,connectTimeout=300,connectRetry=1";
        await using var connection = new RedisConnection(() => address, host => new() { TargetHost = host }, TimeProvider.System);
        RedisConnection.IsUnavailable(await Should.ThrowAsync<Exception>(() => connection.PingAsync())).ShouldBeTrue();

        address = Address;

        await Eventually.UntilAsync(async () => await connection.PingAsync() > TimeSpan.Zero, Bound, "it connects");
    }

    // The file of a password that is not there yet, for example.
    [Test]
    public async Task So_is_one_that_could_not_even_begin()
    {
        var text = (string?)null;
        await using var connection =
            new RedisConnection(
                () => text ?? throw new IOException("not there yet"), host => new() { TargetHost = host }, TimeProvider.System);
        await Should.ThrowAsync<IOException>(() => connection.PingAsync());

        text = Address;

        await Eventually.UntilAsync(async () => await connection.PingAsync() > TimeSpan.Zero, Bound, "it connects");
    }
}
