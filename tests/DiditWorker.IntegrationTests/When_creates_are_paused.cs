using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.IntegrationTests.Telemetry;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>An operator orders it, for all workers.</summary>
public sealed class When_creates_are_paused
{
    private const int Messages = 20;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Answers_from_records_go_on_a_restart_changes_nothing_and_resume_ends_it()
    {
        await using var arena = await Arena.OpenAsync();
        await using var first = await StartAsync(arena);
        await arena.Broker.PublishRawAsync("before", """{"vendorData":"user-before"}""");
        await arena.Broker.UntilAnswersAsync(1);

        var paused = await arena.OperateAsync("pause", "--reason", "the workflow is being changed");
        (paused.ExitCode, paused.Text).ShouldSatisfyAllConditions(
            run => run.ExitCode.ShouldBe(0, paused.ToString()),
            run => run.Text.ShouldStartWith("Creates pause until diditworker resume: the workflow is being changed. Every worker"));
        await first.UntilDiditSaysAsync("(operator): the workflow is being changed (");
        (await first.DiditAsync()).ShouldContain("until diditworker resume");
        new Scrape(await first.GetAsync("/metrics"))
            .Value("diditworker_consumer_paused", "operation=\"create\"", "reason=\"operator\"").ShouldBe(1);

        await Task.WhenAll(Enumerable.Range(0, Messages)
            .Select(i => arena.Broker.PublishRawAsync($"order-{i}", $$"""{"vendorData":"user-{{i}}"}""")));
        await arena.Broker.PublishRawAsync("before", """{"vendorData":"user-before"}""");
        await arena.Broker.UntilAnswersAsync(2);
        arena.Broker.Answers.Last().Outcome.ShouldBe("replayed");

        await first.TerminateAsync();
        await using var second = await StartAsync(arena);
        await second.UntilDiditSaysAsync("(operator)");
        Creates(arena).ShouldBe(1);

        var resumed = await arena.OperateAsync("resume");
        resumed.Text.ShouldStartWith("Creates go on, after ", Case.Sensitive, resumed.ToString());
        await arena.Broker.UntilAnswersAsync(2 + Messages);
        Creates(arena).ShouldBe(1 + Messages);
        await second.UntilDiditSaysAsync("no pause");
        (await arena.OperateAsync("dead-letters", "history", "--json")).Json.EnumerateArray()
            .Select(line => line.GetProperty("outcome").GetString()).ShouldBe(["begun", "paused", "begun", "resumed"]);
        (await arena.OperateAsync("resume")).ExitCode.ShouldBe(3);
    }

    [Test]
    public async Task With_an_end_it_ends_by_itself()
    {
        await using var arena = await Arena.OpenAsync();
        await using var worker = await StartAsync(arena);
        await arena.OperateAsync("pause", "--reason", "a moment", "--for", "5s");
        await worker.UntilDiditSaysAsync("(operator)");
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");

        await arena.Broker.UntilAnswersAsync(1);

        await worker.UntilDiditSaysAsync("no pause");
    }

    [Test]
    public async Task Without_redis_it_stays_as_last_known()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var arena = await Arena.OpenAsync(redis);
        arena.Settings["Idempotency:WhenRedisUnavailable"] = "Proceed";
        await using var worker = await StartAsync(arena);
        await arena.OperateAsync("pause", "--reason", "the workflow is being changed");
        await worker.UntilDiditSaysAsync("(operator)");

        await redis.StopAsync();
        await arena.Broker.PublishRawAsync("order-1", """{"vendorData":"user-1"}""");
        await Eventually.UntilAsync(
            async () => (await worker.HealthAsync("ready")).Body.GetProperty("parts").GetProperty("redis").GetProperty("status").GetString()
                != "Healthy",
            Bound, "health tells that Redis is away");

        (await worker.DiditAsync()).ShouldContain("(operator)");
        Creates(arena).ShouldBe(0);
    }

    private static int Creates(Arena arena) => arena.Didit.State.Requests.Count(request => request.Operation == DiditOperation.Create);

    private static async Task<WorkerProcess> StartAsync(Arena arena)
    {
        var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        return worker;
    }
}
