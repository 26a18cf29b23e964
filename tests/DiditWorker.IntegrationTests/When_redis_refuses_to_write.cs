using System.Diagnostics;
using System.Globalization;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.IntegrationTests.Telemetry;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests;

/// <summary>
/// A Redis that answers, and takes no records: full, read-only, cut off from its replicas, without disk, without the rights, or busy.
/// </summary>
public sealed class When_redis_refuses_to_write
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private RedisServer _redis = null!;
    private ConnectionMultiplexer _tools = null!;
    private Arena _arena = null!;

    private IServer Server => _tools.GetServers()[0];

    [SetUp]
    public async Task StartAsync()
    {
        _redis = await RedisServer.StartNewAsync(options: ["--enable-protected-configs", "yes", "--busy-reply-threshold", "100"]);
        _tools = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString);
        _arena = await Arena.OpenAsync(_redis);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _arena.DisposeAsync();
        await _tools.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [TestCase("OOM command not allowed", "maxmemory", "CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0")]
    [TestCase("READONLY You", "the primary", "REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE")]
    [TestCase("NOREPLICAS Not enough good replicas", "min-replicas-to-write",
        "CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0")]
    [TestCase("MISCONF", "disk", "CONFIG SET dir /proc|CONFIG SET save 3600_1|BGSAVE", "CONFIG SET dir /tmp|BGSAVE")]
    [TestCase("script", "users.template.acl", "ACL SETUSER default -set", "ACL SETUSER default +set")]
    [TestCase("access", "users.template.acl",
        "ACL SETUSER default resetkeys ~somebody-else:*", "ACL SETUSER default allkeys")]
    [TestCase("eval", "users.template.acl", "ACL SETUSER default -eval -evalsha", "ACL SETUSER default +eval +evalsha")]
    [TestCase("BUSY ", "SCRIPT KILL", "EVAL while_true_do_end 0", "SCRIPT KILL")]
    public async Task Health_and_log_say_its_words_messages_wait_and_are_answered_once_it_is_mended(
        string words, string action, string spoil, string mend)
    {
        await using var worker = WorkerProcess.Start(_arena.Settings);
        await worker.UntilReadyAsync();
        await UntilHealthAsync(worker, "Healthy", "answers and takes records");
        await _arena.Broker.PublishRawAsync("order-0", """{"vendorData":"user-0"}""");
        await _arena.Broker.UntilAnswersAsync(1);

        await DoAsync(spoil);
        await UntilHealthAsync(worker, "Unhealthy", words, action);
        for (var i = 1; i <= 5; i++)
        {
            await _arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""");
        }

        await worker.UntilOutputAsync("Redis cannot be asked (");
        Lines(worker, "Redis cannot be asked (", words).ShouldBe(1, "once, not for each message");
        Lines(worker, "redis is Unhealthy: ", words).ShouldBe(1, "once, not at each look");
        _arena.Didit.State.Sessions.Count.ShouldBe(1);

        await DoAsync(mend);
        await _arena.Broker.UntilAnswersAsync(6);
        _arena.Didit.State.Sessions.Count.ShouldBe(6);
        (await _arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
        await UntilHealthAsync(worker, "Healthy", "answers and takes records");
        (await _tools.GetDatabase().KeyExistsAsync(_arena.Settings["Idempotency:KeyPrefix"] + "{health}")).ShouldBeFalse();
    }

    [TestCase("ACL SETUSER default -zadd", "script", "ACL SETUSER default +zadd")]
    [TestCase("SET {prefix}{ratelimit}:creates x EX 600", "number", "DEL {prefix}{ratelimit}:creates")]
    public async Task A_rate_that_cannot_be_shared_is_seen_though_messages_are_answered(string spoil, string words, string mend)
    {
        await using var worker = WorkerProcess.Start(_arena.Settings);
        await worker.UntilReadyAsync();
        await UntilHealthAsync(worker, "Healthy", "answers and takes records");

        await DoAsync(spoil.Replace("{prefix}", _arena.Settings["Idempotency:KeyPrefix"], StringComparison.Ordinal));
        await UntilHealthAsync(worker, "Degraded", "the rate is not shared", words);
        new Scrape(await worker.GetAsync("/metrics")).Value("diditworker_ratelimit_local", "operation=\"create\"").ShouldBe(1);
        await worker.UntilOutputAsync("redis is Degraded: the rate is not shared");
        await _arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await _arena.Broker.UntilAnswersAsync(1);

        await DoAsync(mend.Replace("{prefix}", _arena.Settings["Idempotency:KeyPrefix"], StringComparison.Ordinal));
        await UntilHealthAsync(worker, "Healthy", "answers and takes records");
        new Scrape(await worker.GetAsync("/metrics")).Value("diditworker_ratelimit_local", "operation=\"create\"").ShouldBe(0);
    }

    [Test]
    public async Task A_command_of_an_operator_says_its_words_too()
    {
        await Server.ExecuteAsync("ACL", "SETUSER", "default", "-evalsha", "-eval");

        var run = await _arena.OperateAsync("keys", "show", "order-1");

        run.ExitCode.ShouldBe(77);
        run.Notes.ShouldContain("NOPERM");
        run.Notes.ShouldContain("users.template.acl");
    }

    // The health of a probe costs Redis something: whoever reaches the port could keep it busy.
    [Test]
    public async Task Many_probes_ask_it_hardly_more_than_one()
    {
        await using var worker = WorkerProcess.Start(_arena.Settings);
        await worker.UntilReadyAsync();
        var before = await InfosAsync();
        var started = Stopwatch.StartNew();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            for (var i = 0; i < 10; i++)
            {
                await worker.HealthAsync("ready");
            }
        }));

        // One in two seconds, one that was under way, and this test's own two.
        (await InfosAsync() - before).ShouldBeLessThanOrEqualTo((long)(started.Elapsed.TotalSeconds / 2) + 4);
    }

    private async Task<long> InfosAsync()
    {
        var lines = (await Server.InfoAsync("commandstats")).SelectMany(group => group)
            .ToDictionary(line => line.Key, line => line.Value, StringComparer.Ordinal);

        // calls=7,usec=…
        return lines.TryGetValue("cmdstat_info", out var info) ? long.Parse(info.Split('=', ',')[1], CultureInfo.InvariantCulture) : 0;
    }

    private async Task DoAsync(string commands)
    {
        foreach (var command in commands.Split('|'))
        {
            var words = command.Split(' ').Select(word => word.Replace('_', ' ')).ToArray();
            if (words[0] == "EVAL")
            {
                // It answers when it is ended, and so would whatever follows on its connection.
                var busy = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString + ",asyncTimeout=60000");
                _ = busy.GetServers()[0].ExecuteAsync("EVAL", words[1], "0")
                    .ContinueWith(async _ => await busy.DisposeAsync(), TaskScheduler.Default);
                continue;
            }

            await Server.ExecuteAsync(words[0], words[1..].Cast<object>().ToArray());
        }
    }

    private static int Lines(WorkerProcess worker, string begin, string words) => worker.Output.Split('\n')
        .Count(line => line.Contains(begin, StringComparison.Ordinal) && line.Contains(words, StringComparison.OrdinalIgnoreCase));

    private static Task UntilHealthAsync(WorkerProcess worker, string status, params string[] said) => Eventually.UntilAsync(
        async () =>
        {
            var part = (await worker.HealthAsync("ready")).Body.GetProperty("parts").GetProperty("redis");
            var text = part.GetProperty("description").GetString()
                + (part.TryGetProperty("action", out var action) ? action.GetString() : "");
            return part.GetProperty("status").GetString() == status
                && said.All(words => text.Contains(words, StringComparison.OrdinalIgnoreCase));
        },
        Bound, $"health says of Redis: {status}, {string.Join(", ", said)}");
}
