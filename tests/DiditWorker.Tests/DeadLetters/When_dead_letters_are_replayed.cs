using System.Globalization;
using DiditWorker.Operations.DeadLetters;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.Tests.DeadLetters;

public sealed class When_dead_letters_are_replayed
{
    [Test]
    public async Task They_go_in_their_order()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park(30);

        var report = await replay.RunAsync();

        report.Replayed.ShouldBe(30);
        report.StoppedBecause.ShouldBeNull();
        report.Outcomes.ShouldBe(new Dictionary<string, int>(StringComparer.Ordinal) { ["created"] = 30 });
        replay.Broker.IdsIn(Desk.Input).ShouldBe(Ids(1, 30));
        replay.Broker.In(Desk.Error).ShouldBeEmpty();
    }

    [Test]
    public async Task Each_is_taken_out_only_after_the_broker_has_confirmed_it()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park(3);

        await replay.RunAsync();

        replay.Broker.Steps.ShouldBe(Enumerable.Range(1, 3).SelectMany(number =>
            (string[])[$"read order-{number}", $"publish order-{number}", $"confirm order-{number}", $"ack order-{number}"]));
    }

    [Test]
    public async Task Each_keeps_what_is_its_own_and_loses_what_its_failure_left()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park(
            "order-1", age: TimeSpan.FromHours(2), body: """{ "vendorData" : "user-1" }""",
            headers: [("tenant", "blue"), ("x-delivery-count", 4L), ("CC", "elsewhere"), ("DiditWorker-Replay-Count", 1)]);

        await replay.RunAsync();

        var message = replay.Broker.In(Desk.Input).ShouldHaveSingleItem();
        System.Text.Encoding.UTF8.GetString(message.Body).ShouldBe("""{ "vendorData" : "user-1" }""");
        message.Properties.Timestamp.UnixTime.ShouldBe(Desk.Now.AddHours(-2).ToUnixTimeSeconds());
        message.Properties.DeliveryMode.ShouldBe(DeliveryModes.Persistent);
        message.Properties.Headers!.Select(header => $"{header.Key}: {Text(header.Value)}").ShouldBe(
        [
            "tenant: blue", "DiditWorker-Replay-Count: 2", $"DiditWorker-Replayed-At: {Desk.Now:O}",
            "DiditWorker-Replay-Reason: Didit was down", "DiditWorker-Replay-Run: run-1",
        ], ignoreOrder: true);
        message.Returns.ShouldBe(0);
    }

    // An adopted session is answered from the record, however old its message is.
    [Test]
    public async Task What_has_its_answer_in_the_record_is_never_beyond_the_window()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park("order-1", age: TimeSpan.FromDays(3));
        replay.Desk.Park("order-2", age: TimeSpan.FromDays(3));
        var answered = replay.Broker.In(Desk.Error)[1];

        var report = await replay.RunAsync(
            ReplayDesk.Options with { Answered = new HashSet<string> { DeadLetterReader.Reference(answered.Properties, answered.Body) } });

        (report.Replayed, report.Expired).ShouldBe((1, 1));
        replay.Broker.IdsIn(Desk.Error).ShouldBe(["order-1"]);
    }

    [Test]
    public async Task What_is_beyond_the_window_or_was_replayed_often_stays_in_its_place()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park("old", age: TimeSpan.FromDays(3));
        replay.Desk.Park("often", headers: ("DiditWorker-Replay-Count", 5));
        replay.Desk.Park("order-1");

        var report = await replay.RunAsync();

        (report.Expired, report.ReplayedTooOften, report.Replayed).ShouldBe((1, 1, 1));
        replay.Broker.IdsIn(Desk.Error).ShouldBe(["old", "often"]);
        await replay.RunAsync(ReplayDesk.Options with { AllowExpired = true, MaxReplays = 6 });
        replay.Broker.IdsIn(Desk.Input).ShouldBe(["order-1", "old", "often"]);
    }

    [Test]
    public async Task Nothing_that_was_not_selected_goes()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park(2);
        replay.Broker.Watch = step =>
        {
            if (step == "publish order-1")
            {
                replay.Desk.Park("later");
            }
        };

        var report = await replay.RunAsync();

        (report.Replayed, report.FailedAgain, report.StoppedBecause).ShouldBe((2, 0, null));
        replay.Broker.IdsIn(Desk.Input).ShouldBe(["order-1", "order-2"]);
        replay.Broker.IdsIn(Desk.Error).ShouldBe(["later"]);
    }

    [Test]
    public async Task No_more_go_in_a_second_than_the_rate_says()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park(21);

        await replay.RunAsync(ReplayDesk.Options with { Rate = 10 });

        replay.Time.Waited.ShouldBeInRange(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));
    }

    // The broker ends a channel that holds a message for 30 minutes.
    [Test]
    public async Task A_long_one_gives_the_rest_back_now_and_then_and_still_takes_all_in_order()
    {
        await using var replay = new ReplayDesk();
        replay.Desk.Park("old", age: TimeSpan.FromDays(3));
        replay.Desk.Park(30);

        var report = await replay.RunAsync(ReplayDesk.Options with { Rate = 1 / 60.0 });

        report.Replayed.ShouldBe(30);
        replay.Broker.IdsIn(Desk.Input).ShouldBe(Ids(1, 30));
        replay.Broker.In(Desk.Error).ShouldHaveSingleItem().Returns.ShouldBeGreaterThan(1);
    }

    private static IEnumerable<string> Ids(int from, int to) => Enumerable.Range(from, to - from + 1).Select(number => $"order-{number}");

    private static string? Text(object? value) =>
        value is byte[] bytes ? System.Text.Encoding.UTF8.GetString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture);
}
