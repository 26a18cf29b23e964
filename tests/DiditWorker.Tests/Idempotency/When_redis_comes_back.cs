using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_redis_comes_back
{
    [TestCase(0)]
    [TestCase(1000)]
    public void The_connection_is_tried_every_second_however_long_it_was_away(int tries)
    {
        var policy = RedisConnection.Options("localhost").ReconnectRetryPolicy.ShouldNotBeNull();

        policy.ShouldRetry(tries, 999).ShouldBeFalse();
        policy.ShouldRetry(tries, 1000).ShouldBeTrue();
    }
}
