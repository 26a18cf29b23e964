using DiditWorker.Operations.Broker;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.DeadLetters;

/// <summary>What the worker answers to a run's own messages counts, or that it does not answer; nothing else does.</summary>
public sealed class When_a_replay_waits_for_answers
{
    [Test]
    public async Task Without_a_worker_it_stops_after_the_first()
    {
        await using var replay = new ReplayDesk { Answers = false };
        replay.Desk.Park(5);

        var report = await replay.RunAsync();

        (report.Replayed, report.NoOutcome).ShouldBe((1, 1));
        report.StoppedBecause.ShouldNotBeNull().ShouldContain("is a worker running");
        replay.Time.Waited.ShouldBeGreaterThan(ReplayDesk.Options.Patience);
        replay.Broker.IdsIn(Desk.Error).ShouldBe(["order-2", "order-3", "order-4", "order-5"]);
    }

    [Test]
    public async Task A_rejection_of_the_first_stops_it()
    {
        await using var replay = new ReplayDesk { Rejects = _ => "InvalidMessage" };
        replay.Desk.Park(5);

        var report = await replay.RunAsync();

        (report.Replayed, report.FailedAgain).ShouldBe((1, 1));
        report.Outcomes.Keys.ShouldBe(["InvalidMessage"]);
        replay.Broker.IdsIn(Desk.Error).ShouldBe(["order-2", "order-3", "order-4", "order-5"]);
    }

    [Test]
    public async Task As_many_failures_as_are_allowed_do_not_stop_it()
    {
        await using var replay = new ReplayDesk { Rejects = id => id is "order-1" or "order-2" ? "InvalidMessage" : null };
        replay.Desk.Park(5);

        var report = await replay.RunAsync(ReplayDesk.Options with { MaxFailures = 2, Wait = true });

        (report.Replayed, report.FailedAgain, report.StoppedBecause).ShouldBe((5, 2, null));
    }

    // Nobody waits for these any more, and the worker has said so.
    [Test]
    public async Task What_was_past_its_deadline_is_counted_apart_and_is_no_failure()
    {
        await using var replay = new ReplayDesk { Rejects = id => id is "order-3" ? null : "Expired" };
        replay.Desk.Park(5);

        var report = await replay.RunAsync(ReplayDesk.Options with { Wait = true });

        (report.Replayed, report.Failures, report.StoppedBecause).ShouldBe((5, 0, null));
        report.Outcomes["Expired"].ShouldBe(4);
        report.ToString().ShouldBe("5 replayed, 4 answered Expired (their deadline was over), 1 created");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task What_others_park_meanwhile_is_no_failure_of_this_run(bool waits)
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park(300);
        replay.Broker.Watch = step =>
        {
            if (step.StartsWith("publish order-", StringComparison.Ordinal) && step.EndsWith('7'))
            {
                replay.Desk.Park("other-" + step);
            }
        };

        // Waits are over at once here, so that a busy machine may need many of them until it has heard an answer.
        var report = await replay.RunAsync(ReplayDesk.Options with { Wait = waits, Patience = TimeSpan.FromDays(1) });

        (report.Replayed, report.FailedAgain, report.StoppedBecause).ShouldBe((300, 0, null));
    }

    [Test]
    public async Task One_that_comes_back_without_an_answer_stops_it()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park(200);
        replay.Broker.Arrived = (queue, properties) =>
        {
            if (properties.MessageId == "order-20")
            {
                replay.Desk.Park("order-20");
            }
            else if (queue == Desk.Input)
            {
                replay.Answer(properties.MessageId!);
            }
        };

        var report = await replay.RunAsync();

        report.NoOutcome.ShouldBe(1);
        report.StoppedBecause.ShouldNotBeNull().ShouldContain("nothing was heard of 1 message");
        report.Replayed.ShouldBe(1 + 10 + 100, "the batch in which it was");
    }

    [Test]
    public async Task What_nobody_answers_and_comes_back_has_failed_again()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park("");
        replay.Desk.Park("order-1");
        replay.Broker.Arrived = (queue, properties) =>
        {
            if (properties.MessageId is "" or null)
            {
                replay.Desk.Park("");
            }
            else if (queue == Desk.Input)
            {
                replay.Answer(properties.MessageId);
            }
        };

        var report = await replay.RunAsync();

        (report.Replayed, report.FailedAgain).ShouldBe((1, 1));
        report.StoppedBecause.ShouldNotBeNull();
    }

    [Test]
    public async Task It_does_not_wait_for_the_answer_to_what_the_broker_did_not_take()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park(2);
        replay.Broker.Refuses = id => id == "order-1";

        var report = await replay.RunAsync(ReplayDesk.Options with { MaxFailures = 1, Wait = true });

        (report.Replayed, report.NotTaken, report.NoOutcome).ShouldBe((1, 1, 0));
        replay.Time.Waited.ShouldBeLessThan(ReplayDesk.Options.Patience);
    }

    [Test]
    public async Task It_ends_when_it_can_hear_no_answer_any_more()
    {
        await using var replay = new ReplayDesk { Answers = false };
        replay.Desk.Park(2);
        replay.Broker.Watch = step =>
        {
            if (step == "confirm order-1")
            {
                replay.Broker.EndListening();
            }
        };

        (await Should.ThrowAsync<BrokerException>(() => replay.RunAsync())).Message.ShouldContain("listening");

        replay.Time.Waited.ShouldBeLessThan(ReplayDesk.Options.Patience);
    }
}
