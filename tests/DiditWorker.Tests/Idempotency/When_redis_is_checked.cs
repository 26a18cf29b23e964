using DiditWorker.Redis;
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
    [TestCase("cluster_state", "fail", "cluster_state is fail")]
    [TestCase("cluster_slots_ok", "16383", "16383 of 16384 slots are served")]
    public void What_would_lose_records_is_named_with_what_to_change(string key, string value, string expected) =>
        RedisChecks.Judge(new Dictionary<string, string>(StringComparer.Ordinal) { [key] = value }).Single().ShouldContain(expected);

    [Test]
    public void A_server_that_keeps_records_is_not_complained_about() =>
        RedisChecks.Judge(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["redis_version"] = "7.0.15", ["maxmemory_policy"] = "noeviction", ["evicted_keys"] = "0", ["aof_enabled"] = "1",
            ["aof_last_write_status"] = "ok",
            ["cluster_enabled"] = "1", ["cluster_state"] = "ok", ["cluster_slots_ok"] = "16384",
        }).ShouldBeEmpty();

    [TestCase("6.2")]
    [TestCase("6.2.0")]
    public void The_oldest_version_that_is_tested_is_good_enough(string version) =>
        RedisChecks.Judge(new Dictionary<string, string>(StringComparer.Ordinal) { ["redis_version"] = version }).ShouldBeEmpty();

    [Test]
    public void What_the_server_does_not_say_is_not_judged()
    {
        RedisChecks.Judge(new Dictionary<string, string>(StringComparer.Ordinal)).ShouldBeEmpty();
        RedisChecks.Advise(new Dictionary<string, string>(StringComparer.Ordinal)).ShouldBeEmpty();
    }

    // As Redis 7.0 says it: min_slaves_good_slaves is there only if min-replicas-to-write is above 0.
    [TestCase("1", null, 1)]
    [TestCase("2", null, 1)]
    [TestCase("1", "1", 0)]
    [TestCase("1", "0", 0)]
    [TestCase("0", null, 0)]
    public void A_primary_that_does_not_wait_for_its_replicas_gets_advice_and_no_warning(string replicas, string? good, int lines)
    {
        var info = new Dictionary<string, string>(StringComparer.Ordinal) { ["connected_slaves"] = replicas };
        if (good is not null)
        {
            info["min_slaves_good_slaves"] = good;
        }

        RedisChecks.Advise(info).Count(text => text.Contains("set min-replicas-to-write 1", StringComparison.Ordinal)).ShouldBe(lines);
        RedisChecks.Judge(info).ShouldBeEmpty();
    }
}
