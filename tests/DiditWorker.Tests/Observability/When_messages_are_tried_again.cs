using DiditWorker.Observability;
using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Observability;

/// <summary>Which messages this worker has in its hands whose attempts have failed: for the status page and for health.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class When_messages_are_tried_again
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly RetriedMessages _retried = new();

    [Test]
    public void They_are_there_from_the_first_failure_to_the_end_of_the_delivery()
    {
        var delivery = new object();
        _retried.Failed(delivery, Message("order-1", attempts: 1));
        _retried.Failed(delivery, Message("order-1", attempts: 2));

        _retried.Current.ShouldHaveSingleItem().Attempts.Attempts.ShouldBe(2);
        _retried.Find(Key("order-1"))!.RequestId.ShouldBe("order-1");
        _retried.Find(Key("order-2")).ShouldBeNull();

        _retried.Left(delivery);
        _retried.Left(delivery);

        _retried.Current.ShouldBeEmpty();
    }

    [Test]
    public void Those_with_the_most_attempts_come_first()
    {
        _retried.Failed(new(), Message("order-1", attempts: 1));
        _retried.Failed(new(), Message("order-2", attempts: 28));
        _retried.Failed(new(), Message("order-3", attempts: 2));

        _retried.Current.Select(one => one.RequestId).ShouldBe(["order-2", "order-3", "order-1"]);
    }

    [Test]
    public void A_message_that_was_delivered_twice_is_there_once_as_it_is_now()
    {
        var first = new object();
        _retried.Failed(first, Message("order-1", attempts: 1));
        _retried.Failed(new(), Message("order-1", attempts: 2, minutes: 1));

        _retried.Current.ShouldHaveSingleItem().Attempts.Attempts.ShouldBe(2);
        _retried.Left(first);
        _retried.Current.ShouldHaveSingleItem();
    }

    private static IdempotencyKey Key(string id) => IdempotencyKey.Create("start-verification", id);

    private static RetriedMessage Message(string id, int attempts, int minutes = 0) =>
        new(id, Key(id), new(attempts, "500", Noon.AddMinutes(minutes), Noon.AddMinutes(minutes + 1)));
}
