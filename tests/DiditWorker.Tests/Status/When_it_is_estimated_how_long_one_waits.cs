using DiditWorker.Status;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Status;

// 5 creates a second, three workers, Didit takes 300 ms.
public sealed class When_it_is_estimated_how_long_one_waits
{
    private static readonly Load Idle = new()
    {
        UrgentInHand = 0, OthersInHand = 0, WaitingForTheRate = 0, Ready = 0, Replicas = 3, BrokerSorts = true, Rate = 5, Ageing = 0.2,
        Create = TimeSpan.FromMilliseconds(300),
    };

    private static readonly Load Batch = Idle with { OthersInHand = 128, WaitingForTheRate = 128, Ready = 4616 };

    [Test]
    public void With_nothing_to_do_it_takes_as_long_as_didit_takes() => WaitEstimate.Of(Idle).ShouldBe(new(0.3, 0.3));

    [Test]
    public void Behind_a_batch_an_urgent_one_gets_the_next_place_of_its_worker() =>
        WaitEstimate.Of(Batch).Urgent!.Value.ShouldBe((3 / (5 * 0.8)) + 0.3, tolerance: 0.001);

    [Test]
    public void Behind_a_batch_any_other_waits_for_all_of_it() =>
        WaitEstimate.Of(Batch).Others!.Value.ShouldBe(((4616 + (3 * 128)) / 5.0) + 0.3, tolerance: 0.001);

    [Test]
    public void Behind_other_urgent_ones_it_waits_for_those() =>
        WaitEstimate.Of(Batch with { UrgentInHand = 9 }).Urgent!.Value.ShouldBe((30 / 4.0) + 0.3, tolerance: 0.001);

    [Test]
    public void The_urgent_ones_have_all_of_the_rate_where_nobody_else_waits() =>
        WaitEstimate.Of(Idle with { UrgentInHand = 9, WaitingForTheRate = 9 }).Urgent!.Value.ShouldBe((30 / 5.0) + 0.3, tolerance: 0.001);

    // RabbitMQ before 4.0 hands out quorum queues in the order of their coming.
    [Test]
    public void A_broker_that_does_not_sort_makes_the_urgent_ones_wait_for_all()
    {
        var wait = WaitEstimate.Of(Batch with { BrokerSorts = false });

        wait.Urgent.ShouldBe(wait.Others);
    }

    [Test]
    public void Who_may_not_see_the_queue_knows_nothing() => WaitEstimate.Of(Batch with { Ready = null }).ShouldBe(WaitEstimate.Unknown);

    [Test]
    public void A_share_of_everything_for_the_rest_leaves_a_number() =>
        WaitEstimate.Of(Batch with { Ageing = 1 }).Urgent!.Value.ShouldBeInRange(0.3, 1000);
}
