using DiditWorker.Operations.Archive;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.Tests.DeadLetters;

public sealed class When_an_archived_message_is_published
{
    [Test]
    public void It_is_persistent_and_not_counted_as_delivered()
    {
        var published =
            Published(new() { DeliveryMode = DeliveryModes.Transient, Headers = Table(("x-delivery-count", 5L), ("x-death", "kept")) });

        published.DeliveryMode.ShouldBe(DeliveryModes.Persistent);
        published.Headers.ShouldBe(Table(("x-death", "kept")));
    }

    [Test]
    public void Without_headers_of_its_own_it_has_none() =>
        Published(new() { Headers = Table(("x-delivery-count", 5L)) }).Headers.ShouldBeNull();

    [Test]
    public void A_user_id_is_kept_as_a_header()
    {
        var published = Published(new() { UserId = "somebody" });

        published.UserId.ShouldBeNull();
        published.Headers.ShouldBe(Table(("DiditWorker-Imported-User-Id", "somebody")));
    }

    [Test]
    public void A_time_after_which_it_would_be_gone_is_kept_as_a_header()
    {
        var published = Published(new() { Expiration = "2000" });

        published.Expiration.ShouldBeNull();
        published.Headers.ShouldBe(Table(("DiditWorker-Imported-Expiration", "2000")));
    }

    [Test]
    public void Queues_that_the_broker_would_copy_it_to_are_kept_as_a_header() =>
        Published(new() { Headers = Table(("CC", "start-verification")) })
        .Headers.ShouldBe(Table(("DiditWorker-Imported-CC", "start-verification")));

    private static BasicProperties Published(BasicProperties properties) => ImportedMessage.Of(new("q_error", "", properties, default));

    private static Dictionary<string, object?> Table(params (string Name, object? Value)[] members) =>
        members.ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
}
