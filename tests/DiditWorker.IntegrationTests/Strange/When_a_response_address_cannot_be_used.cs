using System.Globalization;
using System.Text;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.IntegrationTests.Strange;

/// <summary>
/// Where a requester wants its answer is its own business: nothing is declared for it, and nobody else's answer depends on it.
/// </summary>
public sealed class When_a_response_address_cannot_be_used
{
    private const string CannotBeUsed = "its response address cannot be used";
    private const string Id = "0b2f3c1e-7a52-4a53-9a0e-1d6f1f0c9c11";

    private static readonly string[] Addresses =
    [
        "rabbitmq://localhost/amq.gen-JzTY20BRgKO-HjmUJj0wLg", "rabbitmq://localhost/amq.rabbitmq.reply-to",
        "rabbitmq://localhost/amq.rabbitmq.log",
        "rabbitmq://localhost/nobody", "rabbitmq://localhost/nobody?temporary=true", "rabbitmq://localhost/nobody?type=x-unknown",
        "rabbitmq://localhost/nobody?type=topic&autodelete=true&bind=true&queue=q",
        "rabbitmq://somewhere.example:5673/other-host/nobody?alternateexchange=amq.gen-x",
        "queue:nobody", "exchange:nobody", "topic:nobody",
        "http://example.org/nobody", "loopback://localhost/nobody", "urn:nobody", "rabbitmq://localhost/", "rabbitmq://localhost/a%20b%00c",
        "rabbitmq://localhost/" + new string('n', 300), "exchange:start-verification", "exchange:start-verification_error",
        "exchange:DiditWorker.Contracts:StartVerification",
    ];

    [Test]
    public async Task The_answer_is_published_once_and_the_message_acknowledged()
    {
        await using var world = await StrangeWorld.OpenAsync();
        var before = await world.ExchangesAsync();
        var ids = Addresses.Select(_ => Guid.CreateVersion7().ToString()).ToList();
        await world.AmongGoodOnesAsync(async () =>
        {
            foreach (var (id, address) in ids.Zip(Addresses))
            {
                await RequestAsync(world, id, address);
            }
        });

        await world.UntilAnsweredAsync(Addresses.Length);
        ids.Select((id, i) => (Addresses[i], world.Of(id).Created + world.Of(id).Rejected))
            .ShouldBe(Addresses.Select(address => (address, 1)));
        (await world.ExchangesAsync()).Except(before, StringComparer.Ordinal).ShouldBeEmpty();
        (await world.Arena.Broker.DepthAsync("start-verification_skipped")).ShouldBe(0u);
        await world.IsUnharmedAsync();

        // One line each at most; what the requester has named stands in none of them.
        world.Worker.Output.Split('\n').Count(line => line.Contains(CannotBeUsed, StringComparison.Ordinal))
            .ShouldBeLessThanOrEqualTo(Addresses.Length);
        world.Worker.Output.ShouldNotContain("nobody");
    }

    [Test]
    public async Task One_log_line_says_so()
    {
        await using var world = await StrangeWorld.OpenAsync();
        await RequestAsync(world, Id, "rabbitmq://localhost/amq.gen-JzTY20BRgKO-HjmUJj0wLg");

        await world.Worker.UntilOutputAsync(CannotBeUsed);
        await world.Arena.Broker.UntilAnswersAsync(1);
        world.Of(Id).ShouldBe((1, 0));
    }

    [Test]
    public async Task Nothing_stays_behind_requesters_that_are_gone()
    {
        await using var world = await StrangeWorld.OpenAsync();
        var before = await world.ExchangesAsync();
        for (var i = 0; i < 100; i++)
        {
            await RequestAsync(world, Guid.CreateVersion7().ToString(),
                string.Create(CultureInfo.InvariantCulture, $"rabbitmq://localhost/dead_bus_{i}?temporary=true"));
        }

        await world.Arena.Broker.UntilAnswersAsync(100);
        await Eventually.UntilAsync(
            async () => await world.Arena.Broker.DepthAsync(TestBroker.Queue) == 0, TimeSpan.FromSeconds(30), "all are acknowledged");
        (await world.ExchangesAsync()).Except(before, StringComparer.Ordinal).ShouldBeEmpty();
        world.Arena.Broker.Answers.Count.ShouldBe(100);
    }

    // Any client that listens on a queue of its own, as AMQP's own request and response do it.
    [Test]
    public async Task A_queue_alone_is_address_enough()
    {
        await using var world = await StrangeWorld.OpenAsync();
        await using var connection = await new ConnectionFactory { Uri = new(world.Arena.ConnectionString) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        await RequestAsync(world, Id, "rabbitmq://localhost/" + queue);

        BasicGetResult? answer = null;
        await Eventually.UntilAsync(
            async () => (answer = await channel.BasicGetAsync(queue, autoAck: true)) is not null, TimeSpan.FromSeconds(30), "an answer");
        await world.Arena.Broker.UntilAnswersAsync(1);
        answer!.BasicProperties.MessageId.ShouldBe(world.Arena.Broker.Created.Single().MessageId);
    }

    private static Task RequestAsync(StrangeWorld world, string id, string address) =>
        world.Arena.Broker.PublishBytesAsync(id, Encoding.UTF8.GetBytes($$"""
        {"messageId":"{{id}}","requestId":"{{id}}","messageType":["urn:message:DiditWorker.Contracts:StartVerification"],
         "message":{"vendorData":"s"},"responseAddress":"{{address}}","expirationTime":"9999-12-31T23:59:59Z"}
        """), "application/vnd.masstransit+json", timestamp: null);
}
