using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;
using static DiditWorker.IntegrationTests.Strange.WireProperties;

namespace DiditWorker.IntegrationTests.Strange;

/// <summary>
/// AMQP allows headers that the client library cannot read. It would end the connection, and each next one, since the message comes back.
/// </summary>
public sealed class When_headers_cannot_be_read
{
    private static readonly byte[] Poison = Value('D', [29, 0, 0, 0, 1]);

    private static readonly Dictionary<string, byte[]> Places = new(StringComparer.Ordinal)
    {
        ["a header"] = Table(("p", Poison)),
        ["the largest scale"] = Table(("p", Value('D', [255, 255, 255, 255, 255]))),
        ["a table in a header"] = Table(("p", Value('F', Table(("q", Poison))))),
        ["a list in a header"] = Table(("p", Value('A', List(Poison)))),
        ["deep inside"] = Table(("p", Value('A', List(Value('F', Table(("q", Value('A', List(Poison))))))))),
        ["behind others"] = Table(("MT-Host-MachineName", Value('S', Long("host"u8.ToArray()))), ("p", Poison)),
        ["the id's header"] = Table(("MessageId", Poison)),
        ["our own header"] = Table(("DiditWorker-Replay-Count", Poison)),
    };

    [Test]
    public async Task The_message_is_set_apart_and_the_others_are_answered()
    {
        await using var world = await StrangeWorld.OpenAsync();
        await world.AmongGoodOnesAsync(async () =>
        {
            foreach (var (place, headers) in Places)
            {
                (await world.Publisher.TryPublishAsync(
                    Request(place).Set("headers", headers).Build(), StrangePublisher.Good("s"))).ShouldBeTrue(place);
            }
        });

        await world.UntilAnsweredAsync(Places.Count);
        var left = Places.Keys.ToHashSet(StringComparer.Ordinal);
        while (left.Count > 0)
        {
            var parked = await world.Arena.Broker.TakeAsync("start-verification_error");
            var place = parked.BasicProperties.MessageId!;
            left.Remove(place).ShouldBeTrue(place);
            parked.Body.ToArray().ShouldBe(StrangePublisher.Good("s"));
            TestBroker.Header(parked, "MT-Fault-Message")!.ShouldStartWith("headers: one of them has a value that cannot be read");
            ((BinaryTableValue)parked.BasicProperties.Headers!["DiditWorker-Unreadable-Headers"]!).Bytes.ShouldBe(Places[place][4..]);
            world.Of(place).ShouldBe((0, 1));
            await world.Worker.UntilOutputAsync(place);
        }

        (await world.Arena.Broker.DepthAsync("start-verification_error")).ShouldBe(0u);
        await world.IsUnharmedAsync();
    }

    [Test]
    public async Task Every_replica_goes_on()
    {
        await using var world = await StrangeWorld.OpenAsync();
        await using var second = WorkerProcess.Start(world.Arena.Settings);
        await second.UntilReadyAsync();
        await world.AmongGoodOnesAsync(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                (await world.Publisher.TryPublishAsync(
                    Request($"strange-{i}").Set("headers", Table(("p", Poison))).Build(), "{}"u8.ToArray())).ShouldBeTrue();
            }
        });

        await world.UntilAnsweredAsync(strange: 50);
        await Servers.Eventually.UntilAsync(
            async () => await world.Arena.Broker.DepthAsync("start-verification_error") == 50,
            TimeSpan.FromSeconds(30), "all 50 are parked");
        await world.IsUnharmedAsync();
        second.Output.ShouldNotContain("closed", Case.Insensitive);
    }

    [Test]
    public async Task An_operator_can_list_and_replay_what_somebody_else_has_parked()
    {
        await using var world = await StrangeWorld.OpenAsync();
        (await world.Publisher.TryPublishAsync(
            Request("strange").Set("headers", Table(("p", Poison))).Build(), StrangePublisher.Good("s"))).ShouldBeTrue();
        await Servers.Eventually.UntilAsync(
            async () => await world.Arena.Broker.DepthAsync("start-verification_error") == 1, TimeSpan.FromSeconds(30), "it is parked");

        // As a shovel or a broker's dead-lettering would do it, with the headers as they are.
        await world.Publisher.TryPublishToAsync(
            "start-verification_error", Request("raw").Set("headers", Table(("p", Poison))).Build(), StrangePublisher.Good("r"));
        var listed = await world.Arena.OperateAsync("dead-letters", "list", "--json");

        listed.ExitCode.ShouldBe(0, listed.Notes);
        listed.Text.ShouldContain("InvalidMessage");
        listed.Text.ShouldContain("raw");
        var replayed = await world.Arena.OperateAsync("dead-letters", "replay", "--yes", "--reason", "they are good but for their headers");
        replayed.ExitCode.ShouldBe(0, replayed.Notes);
        await world.Arena.Broker.UntilAnswersAsync(3);
        (world.Of("strange").Created, world.Of("raw").Created).ShouldBe((1, 1));
    }

    // Its key would be another one without them.
    [Test]
    public async Task A_replay_does_not_go_without_the_header_that_may_hold_the_id()
    {
        await using var world = await StrangeWorld.OpenAsync();
        var headers = Table(("MT-OriginalMessageId", Value('S', Long("the-first"u8.ToArray()))), ("p", Poison));
        (await world.Publisher.TryPublishAsync(Request("strange").Set("headers", headers).Build(), StrangePublisher.Good("s")))
            .ShouldBeTrue();
        await world.UntilAnsweredAsync(strange: 1);
        await Servers.Eventually.UntilAsync(
            async () => await world.Arena.Broker.DepthAsync("start-verification_error") == 1, TimeSpan.FromSeconds(30), "it is parked");

        await world.Arena.OperateAsync("dead-letters", "replay", "--yes", "--reason", "a try");
        await world.Arena.Broker.UntilAnswersAsync(2);

        world.Of("strange").ShouldBe((0, 2));
        world.Arena.Didit.State.Requests.ShouldBeEmpty();
    }
}
