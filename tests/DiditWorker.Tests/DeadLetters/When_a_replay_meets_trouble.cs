using DiditWorker.Operations.Broker;
using DiditWorker.Operations.Replay;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.DeadLetters;

/// <summary>A message may then be there twice, which the worker answers from the record. It is never nowhere.</summary>
public sealed class When_a_replay_meets_trouble
{
    private static readonly string[] Five = ["order-1", "order-2", "order-3", "order-4", "order-5"];

    [Test]
    public async Task The_first_message_that_is_refused_stops_it_and_all_stay_where_they_were()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park(5);
        replay.Broker.Refuses = _ => true;

        var report = await replay.RunAsync();

        (report.Replayed, report.NotTaken).ShouldBe((0, 1));
        report.StoppedBecause.ShouldNotBeNull().ShouldContain("--max-failures 0");
        replay.Broker.IdsIn(Desk.Error).ShouldBe(Five);
        replay.Broker.In(Desk.Input).ShouldBeEmpty();
    }

    [Test]
    public async Task A_later_one_stays_in_its_place_and_the_batch_it_is_in_is_the_last()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park(30);
        replay.Broker.Refuses = id => id == "order-3";

        var report = await replay.RunAsync();

        // One, and a batch of ten with the refused one in it.
        (report.Replayed, report.NotTaken).ShouldBe((10, 1));
        replay.Broker.IdsIn(Desk.Error).ShouldBe(["order-3", .. Enumerable.Range(12, 19).Select(number => $"order-{number}")]);
    }

    [Test]
    public async Task A_queue_that_is_gone_takes_none_and_none_is_lost()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park(5);

        var report = await replay.RunAsync(ReplayDesk.Options with { Target = "gone" });

        report.NotTaken.ShouldBe(1);
        replay.Broker.IdsIn(Desk.Error).ShouldBe(Five);
    }

    [TestCase("read", 1)]
    [TestCase("publish", 1)]
    [TestCase("confirm", 2)]
    [TestCase("ack", 2)]
    public async Task A_connection_that_breaks_loses_none_and_leaves_one_twice_at_most(string step, int times)
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park(5);
        replay.Broker.BreaksBefore = $"{step} order-3";

        (await Should.ThrowAsync<BrokerException>(() => replay.RunAsync())).Failure.ShouldBe(BrokerFailure.Closed);

        var all = replay.Broker.IdsIn(Desk.Input).Concat(replay.Broker.IdsIn(Desk.Error)).ToList();
        all.Count(id => id == "order-3").ShouldBe(times);
        all.Where(id => id != "order-3").ShouldBe(["order-1", "order-2", "order-4", "order-5"]);
        replay.Broker.IdsIn(Desk.Error).ShouldBe(["order-3", "order-4", "order-5"]);
    }

    [TestCase("read")]
    [TestCase("publish")]
    [TestCase("confirm")]
    [TestCase("ack")]
    public async Task The_same_command_goes_on_after_a_break(string step)
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park(5);
        replay.Broker.BreaksBefore = $"{step} order-3";
        await Should.ThrowAsync<BrokerException>(() => replay.RunAsync());
        replay.Broker.Reconnect();

        (await replay.RunAsync()).Replayed.ShouldBe(3);

        replay.Broker.In(Desk.Error).ShouldBeEmpty();
        replay.Broker.IdsIn(Desk.Input).Distinct(StringComparer.Ordinal).ShouldBe(Five);
    }

    [Test]
    public async Task It_says_what_was_done_until_the_break()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park(5);
        replay.Broker.BreaksBefore = "publish order-3";
        var run = new ReplayRun(replay.Desk.Queues, ReplayDesk.Options, replay.Time);

        await Should.ThrowAsync<BrokerException>(() => replay.RunAsync(run));

        run.Report.Replayed.ShouldBe(2);
    }

    [Test]
    public async Task What_is_published_when_it_is_stopped_still_leaves_the_queue()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park(5);
        using var stopping = new CancellationTokenSource();
        replay.Broker.Watch = step =>
        {
            if (step == "confirm order-2")
            {
                stopping.Cancel();
            }
        };

        await Should.ThrowAsync<OperationCanceledException>(() => replay.RunAsync(cancellation: stopping.Token));

        replay.Broker.IdsIn(Desk.Input).ShouldBe(["order-1", "order-2"]);
        replay.Broker.IdsIn(Desk.Error).ShouldBe(["order-3", "order-4", "order-5"]);
    }

    [Test]
    public async Task A_stop_does_not_wait_for_ever_for_a_confirm()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park(2);
        using var stopping = new CancellationTokenSource();
        replay.Broker.Confirming = new TaskCompletionSource().Task;
        replay.Broker.Watch = step =>
        {
            if (step == "confirm order-1")
            {
                stopping.Cancel();
            }
        };

        (await Should.ThrowAsync<BrokerException>(() => replay.RunAsync(cancellation: stopping.Token)))
            .Message.ShouldContain("did not confirm a message within 10 seconds");

        replay.Broker.IdsIn(Desk.Error).ShouldBe(["order-1", "order-2"]);
    }

    [Test]
    public async Task What_is_left_is_counted_once_however_often_a_pass_is_cut_off()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park("old", age: TimeSpan.FromDays(3));
        replay.Desk.Park(20);

        // A message every 5 minutes: a pass is cut off after 10.
        var report = await replay.RunAsync(ReplayDesk.Options with { Rate = 1 / 300.0 });

        (report.Expired, report.Replayed).ShouldBe((1, 20));
    }
}
