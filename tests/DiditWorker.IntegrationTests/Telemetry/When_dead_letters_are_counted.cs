using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using DiditWorker.Simulator;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.IntegrationTests.Telemetry;

/// <summary>Depth, groups and time left of dead letters, without touching them.</summary>
public sealed class When_dead_letters_are_counted
{
    private const string Errors = "start-verification_error";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Each_group_is_told_with_the_time_left_of_its_oldest()
    {
        await using var arena = await ArenaAsync();
        await using var worker = await StartAsync(arena);
        var now = DateTimeOffset.UtcNow;
        await arena.Broker.PublishRawAsync("order-1", "{}", now.AddHours(-3));
        await arena.Broker.PublishRawAsync("order-2", "{}", now.AddHours(-1));
        arena.Didit.State.AddFault(new() { Operation = DiditOperation.Create, Kind = FaultKind.Status, Status = 422, Count = 1 });
        await arena.Broker.PublishRawAsync("order-3", """{"vendorData":"user-3"}""", now.AddHours(-30));
        await arena.Broker.PublishEnvelopeAsync("33333333-0000-4000-8000-000000000001", "{}", now, type: "Somebody.Else:Event");

        var scrape =
            await UntilAsync(
                worker, s =>
                Grouped(s, "InvalidMessage") == 2 && Grouped(s, "RefusedByDidit") == 1 && Depth(s, "start-verification_skipped") == 1);

        Depth(scrape, Errors).ShouldBe(3);
        Grouped(scrape, "Skipped").ShouldBe(1);
        Grouped(scrape, "Uncounted").ShouldBeNull();

        // A window of a day less its margin of 5 minutes; times are kept to the minute.
        Left(scrape, "InvalidMessage").ShouldBeInRange(TimeSpan.FromHours(20.8).TotalSeconds, TimeSpan.FromHours(21).TotalSeconds);
        Left(scrape, "RefusedByDidit").ShouldBeInRange(-TimeSpan.FromHours(6.2).TotalSeconds, -TimeSpan.FromHours(6).TotalSeconds);
        scrape.Value("diditworker_window_remaining_seconds", $"queue=\"{Errors}\"")!.Value.ShouldBe(Left(scrape, "RefusedByDidit"), 60);
        scrape.Value("diditworker_window_duration_seconds").ShouldBe(TimeSpan.FromHours(24).TotalSeconds - 300);
        var letter = await arena.Broker.TakeAsync(Errors);
        foreach (var counter in (string[])["x-delivery-count", "x-acquired-count"])
        {
            (TestBroker.Header(letter, counter) ?? "0").ShouldBe("0", "nobody looked into the queue");
        }
    }

    [Test]
    public async Task A_replay_a_discard_and_an_import_are_counted_as_well()
    {
        await using var arena = await ArenaAsync();
        await using var worker = await StartAsync(arena);
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 6; i++)
        {
            await arena.Broker.PublishRawAsync($"order-{i}", "{}");
        }

        await UntilAsync(worker, s => Grouped(s, "InvalidMessage") == 6);
        (await arena.OperateAsync(
            "dead-letters", "discard", "--limit", "4", "--archive", folder.File("archive"), "--reason", "test", "--yes"))
                .ExitCode.ShouldBe(0);
        await UntilAsync(worker, s => Grouped(s, "InvalidMessage") == 2 && Depth(s, Errors) == 2);
        (await arena.OperateAsync("dead-letters", "import", folder.File("archive"), "--yes")).ExitCode.ShouldBe(0);
        await UntilAsync(worker, s => Grouped(s, "InvalidMessage") == 6 && Depth(s, Errors) == 6);

        // It fails again, and is counted again.
        (await arena.OperateAsync("dead-letters", "replay", "order-5", "--yes", "--wait", "--reason", "test")).ExitCode.ShouldBe(1);
        var scrape = await UntilAsync(worker, s => Grouped(s, "InvalidMessage") == 6 && Depth(s, Errors) == 6);
        Grouped(scrape, "Uncounted").ShouldBeNull();
    }

    [Test]
    public async Task What_another_tool_takes_is_forgotten_and_what_it_brings_is_uncounted()
    {
        await using var arena = await ArenaAsync();
        await using var worker = await StartAsync(arena);
        await arena.Broker.PublishRawAsync("old", "{}", DateTimeOffset.UtcNow.AddHours(-9));
        await UntilAsync(worker, s => Grouped(s, "InvalidMessage") == 1);
        await arena.Broker.PublishRawAsync("young", "{}");
        await UntilAsync(worker, s => Grouped(s, "InvalidMessage") == 2);

        // As a shovel would: from the head.
        await arena.Broker.TakeAsync(Errors);
        var scrape = await UntilAsync(worker, s => Grouped(s, "InvalidMessage") == 1);
        Left(scrape, "InvalidMessage").ShouldBeGreaterThan(TimeSpan.FromHours(23).TotalSeconds, "the oldest one is gone");

        await using var parking = await Parking.OpenAsync(arena);
        await parking.ParkAsync("foreign", "{}", "DiditWorker.Verification.InvalidMessageException", DateTimeOffset.UtcNow);
        await UntilAsync(worker, s => Grouped(s, "Uncounted") == 1 && Depth(s, Errors) == 2);

        await arena.Broker.TakeAsync(Errors);
        await arena.Broker.TakeAsync(Errors);
        await UntilAsync(worker, s => Grouped(s, "Uncounted") is null && Grouped(s, "InvalidMessage") is null && Depth(s, Errors) == 0);
    }

    private static double? Depth(Scrape scrape, string queue) => scrape.Value("diditworker_deadletters", $"queue=\"{queue}\"");

    private static double? Grouped(Scrape scrape, string group) => scrape.Value("diditworker_deadletters_grouped", $"group=\"{group}\"");

    private static double Left(Scrape scrape, string group) =>
        scrape.Value("diditworker_window_remaining_grouped_seconds", $"group=\"{group}\"")!.Value;

    private static async Task<Scrape> UntilAsync(WorkerProcess worker, Func<Scrape, bool> condition)
    {
        Scrape scrape = null!;
        try
        {
            await Eventually.UntilAsync(
                async () => condition(scrape = new(await worker.GetAsync("/metrics"))), Bound, "the dead letters are counted");
        }
        catch (AssertionException)
        {
            await TestContext.Out.WriteLineAsync(
                string.Join('\n', scrape.Series.Where(series => series.Contains("deadletters", StringComparison.Ordinal))));
            throw;
        }

        return scrape;
    }

    private static async Task<WorkerProcess> StartAsync(Arena arena)
    {
        var worker = WorkerProcess.Start(arena.Settings);
        await worker.UntilReadyAsync();
        return worker;
    }

    private static async Task<Arena> ArenaAsync()
    {
        var arena = await Arena.OpenAsync();
        arena.Settings["StartVerification:QueueWatchInterval"] = "00:00:00.200";
        return arena;
    }
}
