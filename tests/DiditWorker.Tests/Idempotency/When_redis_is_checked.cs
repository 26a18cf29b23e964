using DiditWorker.Idempotency;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_redis_is_checked
{
    [TestCase("maxmemory_policy", "volatile-lru", "maxmemory-policy is volatile-lru")]
    [TestCase("maxmemory_policy", "allkeys-lfu", "set it to noeviction")]
    [TestCase("evicted_keys", "7", "7 keys were evicted")]
    [TestCase("aof_enabled", "0", "set appendonly yes")]
    [TestCase("aof_last_write_status", "err", "check its disk")]
    [TestCase("redis_version", "5.0.14", "Redis 5.0.14 is older than 6.2")]
    public void What_would_lose_records_is_named_with_what_to_change(string key, string value, string expected) =>
        RedisChecks.Judge(new Dictionary<string, string>(StringComparer.Ordinal) { [key] = value }).Single().ShouldContain(expected);

    [Test]
    public void A_server_that_keeps_records_is_not_complained_about() =>
        RedisChecks.Judge(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["redis_version"] = "7.0.15", ["maxmemory_policy"] = "noeviction", ["evicted_keys"] = "0", ["aof_enabled"] = "1", ["aof_last_write_status"] = "ok",
        }).ShouldBeEmpty();

    [Test]
    public void What_the_server_does_not_say_is_not_judged() => RedisChecks.Judge(new Dictionary<string, string>(StringComparer.Ordinal)).ShouldBeEmpty();
}
