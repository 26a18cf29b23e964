using DiditWorker.Messaging;
using DiditWorker.Operations.Broker;
using DiditWorker.Verification;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.Tests.Transport;

public sealed class When_a_message_is_parked
{
    [Test]
    public void What_the_broker_would_act_upon_is_put_aside()
    {
        var headers = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["CC"] = new List<object?> { "q" },
            ["BCC"] = 1,
            ["kept"] = "x",
        };
        var properties = new BasicProperties { UserId = "somebody", Expiration = "2000", MessageId = "id", Headers = headers };

        Aside.Put(properties, "A-");

        (properties.UserId, properties.Expiration, properties.MessageId, properties.Persistent).ShouldBe((null, null, "id", true));
        properties.Headers.Keys.ShouldBe(["kept", "A-CC", "A-BCC", "A-User-Id", "A-Expiration"], ignoreOrder: true);
        headers.Count.ShouldBe(3);
    }

    [Test]
    public void What_has_nothing_of_the_kind_stays_as_it_is()
    {
        var properties = new BasicProperties { MessageId = "id" };

        Aside.Put(properties, "A-");

        properties.Headers.ShouldBeNull();
    }

    [TestCase(262_144, 384, ExpectedResult = 128)]
    [TestCase(1_048_576, 384, ExpectedResult = 48)]
    [TestCase(67_108_864, 384, ExpectedResult = 1)]
    [TestCase(262_144, 16, ExpectedResult = 8)]
    public int So_many_are_taken_ahead_as_their_bodies_have_room(int largest, int megabytes) =>
        VerificationEndpoint.Prefetch(new StartVerificationOptions { MaximumBodySize = largest }, megabytes * 1024L * 1024);

    // Else an urgent one would wait behind those that merely lie there.
    [TestCase(500, 5, ExpectedResult = 5)]
    [TestCase(5, 500, ExpectedResult = 5)]
    public int None_is_taken_that_cannot_begin_at_once(int prefetch, int concurrent) => VerificationEndpoint.Prefetch(
        new StartVerificationOptions { PrefetchCount = prefetch, ConcurrentMessageLimit = concurrent }, 1L << 40);
}
