using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Replay;
using DiditWorker.Redis;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.DeadLetters;

/// <summary>Redis is away here, so what is predicted is what cannot be read: of that no record is asked for.</summary>
public sealed class When_a_replay_is_planned
{
    private const string Unreadable = """{"language":"en"}""";

    [Test]
    public async Task It_changes_nothing_and_gives_everything_back_in_order()
    {
        await using var desk = Parked();

        var references = new List<string>();
        var summary = await PlanAsync(desk, new(), references.Add);

        summary.Rows.ShouldHaveSingleItem().Key.ShouldBe(Predicted.RejectInvalid);
        references.Distinct(StringComparer.Ordinal).Count().ShouldBe(4);
        desk.Broker.Steps.ShouldBe(
        [
            "read order-1", "read order-2", "read order-3", "return order-1", "return order-2", "return order-3",
            "read order-4", "return order-4",
        ]);
        desk.Broker.IdsIn(Desk.Error).ShouldBe(["order-1", "order-2", "order-3"]);
        desk.Broker.In(Desk.Error).ShouldAllBe(message => message.Redelivered && message.Returns == 1 && !message.IsHeld);
    }

    [Test]
    public async Task The_next_reading_shows_that_they_were_read()
    {
        await using var desk = Parked();
        await PlanAsync(desk, new());

        var letters = await desk.Queues.SnapshotAsync(desk.Broker, new(), CancellationToken.None).ToListAsync();

        letters.ShouldAllBe(letter => letter.DeliveryCount == 1);
    }

    [Test]
    public async Task It_is_of_what_the_filter_takes()
    {
        await using var desk = Parked();

        (await PlanAsync(desk, new() { Limit = 2 })).Count.ShouldBe(2);
        (await PlanAsync(desk, new() { Queue = "skipped" })).Count.ShouldBe(1);
        (await PlanAsync(desk, new() { Ids = ["order-3"] })).Count.ShouldBe(1);
        (await PlanAsync(desk, new() { Group = "TimeOut" })).Count.ShouldBe(3);
        (await PlanAsync(desk, new() { Queue = "no-such_error" })).Count.ShouldBe(0);
        desk.Broker.IdsIn(Desk.Error).ShouldBe(["order-1", "order-2", "order-3"]);
    }

    [Test]
    public async Task With_the_limit_it_reads_no_further()
    {
        await using var desk = Parked();

        await PlanAsync(desk, new() { Limit = 2 });

        desk.Broker.Steps.ShouldBe(["read order-1", "read order-2", "return order-1", "return order-2"]);
    }

    [Test]
    public async Task A_connection_that_breaks_leaves_everything_where_it_was()
    {
        await using var desk = Parked();
        desk.Broker.BreaksBefore = "read order-3";

        await Should.ThrowAsync<BrokerException>(() => PlanAsync(desk, new()));

        desk.Broker.IdsIn(Desk.Error).ShouldBe(["order-1", "order-2", "order-3"]);
        desk.Broker.In(Desk.Error).ShouldAllBe(message => !message.IsHeld);
    }

    [Test]
    public async Task A_record_that_cannot_be_read_leaves_everything_where_it_was()
    {
        await using var desk = new Desk();
        desk.Park(3);

        RedisConnection.IsUnavailable(await Should.ThrowAsync<Exception>(() => PlanAsync(desk, new()))).ShouldBeTrue();

        desk.Broker.IdsIn(Desk.Error).ShouldBe(["order-1", "order-2", "order-3"]);
        desk.Broker.In(Desk.Error).ShouldAllBe(message => !message.IsHeld);
    }

    [Test]
    public async Task The_command_freezes_the_selection_and_a_replay_without_yes_publishes_nothing()
    {
        await using var desk = Parked();

        (await desk.RunAsync("plan", "--out", desk.File("plan"), "--queue", "error")).ExitCode.ShouldBe(0);
        PlanFile.Read(desk.File("plan")).Select(line => line.RequestId).ShouldBe(["order-1", "order-2", "order-3"]);
        (await desk.RunAsync("replay", "--plan", desk.File("plan"))).Notes.ShouldContain("Nothing was changed: add --yes.");

        desk.Broker.Steps.ShouldAllBe(step => step.StartsWith("read") || step.StartsWith("return"));
        desk.Broker.IdsIn(Desk.Error).ShouldBe(["order-1", "order-2", "order-3"]);
        desk.Broker.In(Desk.Input).ShouldBeEmpty();
    }

    [TestCase("start-verification_error", "nobody consumes")]
    [TestCase("no-such-queue", "there is no such queue")]
    public async Task A_target_that_leads_nowhere_is_refused(string target, string why)
    {
        await using var desk = Parked();

        var (exitCode, _, notes) = await desk.RunAsync("replay", "--to", target, "--yes");

        exitCode.ShouldBe(2);
        notes.ShouldContain(why);
        desk.Broker.IdsIn(Desk.Error).ShouldBe(["order-1", "order-2", "order-3"]);
    }

    private static Desk Parked()
    {
        var desk = new Desk();
        foreach (var number in Enumerable.Range(1, 3))
        {
            desk.Park($"order-{number}", body: Unreadable);
        }

        desk.Park("order-4", Desk.Skipped, exception: "", body: Unreadable);
        return desk;
    }

    private static Task<PlanSummary> PlanAsync(Desk desk, DeadLetterFilter filter, Action<string>? each = null) =>
        desk.Get<Planner>().PlanAsync(
            desk.Broker, filter, ask: false, (letter, _) => each?.Invoke(letter.Reference), CancellationToken.None);

    // The broker ends a channel that holds a message for 30 minutes.
    [Test]
    public async Task One_that_takes_long_gives_the_messages_back_now_and_then_and_still_tells_each_once()
    {
        await using var desk = new Desk();
        desk.Park(10);
        desk.Park("order-3");
        var time = (FakeTimeProvider)desk.Get<TimeProvider>();

        var told = new List<string>();
        await foreach (var letter in desk.Queues.SnapshotAsync(desk.Broker, new() { Queue = "error" }, CancellationToken.None))
        {
            told.Add(letter.Name);
            time.Advance(TimeSpan.FromMinutes(3));
        }

        told.ShouldBe([.. Enumerable.Range(1, 10).Select(i => $"order-{i}"), "order-3"]);
        desk.Broker.Steps.Count(step => step == "return order-1").ShouldBe(3, "after 4 messages, after 8, and at the end");
    }
}
