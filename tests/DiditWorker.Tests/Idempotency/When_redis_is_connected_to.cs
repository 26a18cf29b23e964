using DiditWorker.Protocol;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_redis_is_connected_to
{
    [Test]
    public void What_the_worker_relies_on_is_not_left_to_the_connection_string()
    {
        var options = RedisConnection.Options("localhost:6379,abortConnect=true,allowAdmin=false");

        options.AbortOnConnectFail.ShouldBeFalse("an unreachable Redis must not stop the start");
        options.AllowAdmin.ShouldBeTrue("INFO is needed for the checks");
        options.BacklogPolicy.ShouldBe(BacklogPolicy.FailFast, "the caller decides whether to wait");
    }

    [TestCase("localhost:6379", "diditworker")]
    [TestCase("localhost:6379,name=blue", "blue")]
    public void It_gives_its_name_unless_it_is_told_another(string connectionString, string name) =>
        RedisConnection.Options(connectionString).ClientName.ShouldBe(name);

    [Test]
    public void What_may_succeed_later_is_told_from_what_is_wrong_for_good()
    {
        RedisConnection.IsUnavailable(new RedisException("gone")).ShouldBeTrue();
        RedisConnection.IsUnavailable(new TimeoutException()).ShouldBeTrue();
        RedisConnection.IsUnavailable(new ObjectDisposedException("connection")).ShouldBeTrue();

        RedisConnection.IsUnavailable(new UnknownRecordException()).ShouldBeFalse();
        RedisConnection.IsUnavailable(new InvalidOperationException()).ShouldBeFalse();
    }

    // What a connection string that cannot be read would throw shows whether it was looked at.
    [Test]
    public async Task Nothing_happens_before_it_is_first_used_not_even_at_the_end()
    {
        var connection = new RedisConnection("localhost,noSuchSetting=1");

        await Should.NotThrowAsync(async () => await connection.DisposeAsync());

        await using var used = new RedisConnection("localhost,noSuchSetting=1");
        await Should.ThrowAsync<ArgumentException>(async () => await used.DatabaseAsync());
    }
}
