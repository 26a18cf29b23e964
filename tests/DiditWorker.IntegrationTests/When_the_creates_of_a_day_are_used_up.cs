using DiditWorker.IntegrationTests.Support;
using DiditWorker.IntegrationTests.Telemetry;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests;

/// <summary>
/// <c>Didit:CreatesPerDay</c> is one budget for two workers. The day is Redis': a run over the end of one has another budget.
/// </summary>
public sealed class When_the_creates_of_a_day_are_used_up
{
    private const int PerDay = 10;
    private const int Messages = 30;
    private const string UsedUp = "(budget): all 10 creates of this day, UTC's, are used (Didit:CreatesPerDay)";

    [Test]
    public async Task The_rest_waits_for_a_higher_setting_and_answers_from_records_go_on()
    {
        await using var arena = await Arena.OpenAsync();
        arena.Settings["Didit:CreatesPerDay"] = $"{PerDay}";
        await using var first = await StartAsync(arena);
        await using var second = await StartAsync(arena);

        await Task.WhenAll(Enumerable.Range(0, Messages).Select(i => PublishAsync(arena, $"order-{i}")));
        await arena.Broker.UntilAnswersAsync(PerDay);
        foreach (var worker in (WorkerProcess[])[first, second])
        {
            await worker.UntilDiditSaysAsync(UsedUp);
            var scrape = new Scrape(await worker.GetAsync("/metrics"));
            scrape.Value("diditworker_consumer_paused", "operation=\"create\"", "reason=\"budget\"").ShouldBe(1);
            scrape.Value("diditworker_didit_creates_today").ShouldBe(PerDay);
            scrape.Value("diditworker_didit_creates_budget").ShouldBe(PerDay);
        }

        await PublishAsync(arena, arena.Broker.Created.First().Text("requestId")!);
        await arena.Broker.UntilAnswersAsync(PerDay + 1);
        arena.Broker.Answers.Last().Outcome.ShouldBe("replayed");

        await first.TerminateAsync();
        await using var third = await StartAsync(arena);
        await third.UntilDiditSaysAsync(UsedUp);
        arena.Didit.State.Sessions.Count.ShouldBe(PerDay);
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);

        arena.Settings["Didit:CreatesPerDay"] = $"{Messages}";
        await second.TerminateAsync();
        await third.TerminateAsync();
        await using var raised = await StartAsync(arena);

        await arena.Broker.UntilAnswersAsync(Messages + 1);
        arena.Didit.State.Sessions.Count.ShouldBe(Messages);
        arena.Didit.State.Duplicates().PerKey.ShouldBeEmpty();
        (await arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
        arena.Broker.Created.ShouldAllBe(answer => answer.Outcome == "created" || answer.Outcome == "replayed");
    }

    private static Task PublishAsync(Arena arena, string id) => arena.Broker.PublishRawAsync(id, $$"""{"vendorData":"user-of-{{id}}"}""");

    private static async Task<WorkerProcess> StartAsync(Arena arena)
    {
        var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        return worker;
    }
}
