using DiditWorker.Verification;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Verification;

/// <summary>A worker may have had it: then its session is looked for, whatever Redis remembers.</summary>
public sealed class When_a_message_was_delivered_before
{
    [Test]
    public void The_broker_says_so() => Read(new() { Header = _ => null, PropertyId = "order-1", Redelivered = true }).ShouldBeTrue();

    [TestCase("MT-Reason")]
    [TestCase("MT-Fault-ExceptionType")]
    [TestCase("MT-Redelivery-Count")]
    [TestCase("x-death")]
    [TestCase("x-delivery-count")]
    [TestCase("x-acquired-count")]
    [TestCase("ServiceControl.Retry.AcknowledgementQueue")]
    [TestCase(Delivery.ReplayCountHeader)]
    public void Or_a_header_that_only_such_a_message_has(string header) =>
        Read(new() { Header = name => name == header ? "1" : null, PropertyId = "order-1" }).ShouldBeTrue();

    [Test]
    public void A_new_one_has_neither() => Read(new() { Header = _ => null, PropertyId = "order-1" }).ShouldBeFalse();

    private static bool Read(DeliveryFacts facts) => Delivery.Read(facts, "start-verification")!.MaybeAttempted;
}
