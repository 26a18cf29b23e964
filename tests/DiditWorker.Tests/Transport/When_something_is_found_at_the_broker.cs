using DiditWorker.Operations.Broker;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Transport;

public sealed class When_something_is_found_at_the_broker
{
    private const string Input = "start-verification";
    private const string Refusal =
        "ACCESS_REFUSED - configure access to queue 'start-verification_error' in vhost '/' refused for user 'u'";

    private readonly FakeTimeProvider _time = new();
    private BrokerFindings _findings = null!;

    [SetUp]
    public void SetUp() => _findings = new(_time);

    [Test]
    public void A_queue_with_other_arguments_is_one_until_it_is_declared_as_it_should_be()
    {
        _findings.DeclaredInput(Input, "inequivalent arg 'x-overflow'");
        _findings.MayDrop.ShouldBeTrue();
        _findings.Current.ShouldHaveSingleItem().What.ShouldContain("inequivalent arg 'x-overflow'");

        _findings.DeclaredInput(Input, difference: null);
        _findings.MayDrop.ShouldBeFalse();
        _findings.Current.ShouldBeEmpty();
    }

    [Test]
    public void Only_of_the_input_queue_may_the_broker_drop_what_is_held()
    {
        _findings.DeclaredParking(Input + "_error", "inequivalent arg 'x-queue-type'");
        _findings.MayDrop.ShouldBeFalse();
        _findings.Current.ShouldHaveSingleItem();
    }

    [Test]
    public void A_few_returns_are_none_and_many_are_forgotten_after_an_hour()
    {
        _findings.ReturnedAgain(BrokerFindings.ReturnedOften - 1);
        _findings.Current.ShouldBeEmpty();

        _findings.ReturnedAgain(BrokerFindings.ReturnedOften);
        _findings.Current.ShouldHaveSingleItem().What.ShouldContain("x-delivery-count");

        _time.Advance(TimeSpan.FromMinutes(61));
        _findings.Current.ShouldBeEmpty();
    }

    [Test]
    public void A_refused_look_is_one_until_the_queue_is_shown()
    {
        _findings.Refused(Input + "_error", Refusal);
        _findings.Current.ShouldHaveSingleItem().Action.ShouldStartWith("grant user 'u' the right to write queue");

        _findings.Shown(Input + "_error");
        _findings.Current.ShouldBeEmpty();
    }

    [Test]
    public void To_see_a_queue_does_not_make_its_arguments_right()
    {
        _findings.DeclaredInput(Input, "inequivalent arg 'x-overflow'");
        _findings.Shown(Input);
        _findings.Current.ShouldHaveSingleItem();
    }
}
