using DiditWorker.Didit;
using DiditWorker.Protocol;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_didit_is_paused
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private FakeTimeProvider time = null!;
    private Gate gate = null!;

    [SetUp]
    public void Start()
    {
        time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        gate = new(time);
    }

    [Test]
    public void Everybody_may_send_before_it()
    {
        Enter().ShouldBeTrue();
        Enter().ShouldBeTrue();
        gate.Current.ShouldBeNull();
    }

    [Test]
    public void Nobody_may_send_until_it_is_over()
    {
        Close(30);
        Enter().ShouldBeFalse();
        time.Advance(29.9 * Second);
        Enter().ShouldBeFalse();
    }

    [Test]
    public void A_success_that_was_asked_for_after_it_began_ends_it()
    {
        Close(30);
        time.Advance(30 * Second);
        Enter().ShouldBeTrue();

        gate.Succeeded(time.GetUtcNow());

        gate.Current.ShouldBeNull();
        Enter().ShouldBeTrue();
    }

    [Test]
    public void A_success_that_was_asked_for_before_it_began_does_not_end_it()
    {
        var sent = time.GetUtcNow();
        time.Advance(Second);
        Close(30);
        var pause = gate.Current;

        gate.Succeeded(sent);

        gate.Current.ShouldBe(pause);
        Enter().ShouldBeFalse();
    }

    [Test]
    public void A_success_that_was_asked_for_before_it_began_does_not_end_a_prolonged_one_either()
    {
        var sent = time.GetUtcNow();
        time.Advance(Second);
        Close(30);
        time.Advance(30 * Second);
        gate.Failed(time.GetUtcNow());

        gate.Succeeded(sent);

        gate.Current.ShouldNotBeNull();
    }

    [Test]
    public void It_began_when_it_began_however_often_it_is_prolonged()
    {
        Close(30);
        time.Advance(40 * Second);
        Close(30);

        var pause = gate.Current.ShouldNotBeNull();
        pause.Since.ShouldBe(time.Start);
        pause.Until.ShouldBe(time.Start + (70 * Second));
    }

    [TestCase(PauseReasons.CredentialsRefused)]
    [TestCase(PauseReasons.CircuitOpen)]
    public void It_is_never_shortened_whatever_the_reason(string reason)
    {
        Close(30);
        var pause = gate.Current;
        time.Advance(10 * Second);

        Close(5, reason);
        Close(20, reason);

        gate.Current.ShouldBe(pause);
        time.Advance(19.9 * Second);
        Enter().ShouldBeFalse();
    }

    [Test]
    public void A_longer_one_takes_its_place_and_its_reason()
    {
        Close(5);
        time.Advance(Second);

        Close(30, PauseReasons.CreditsMissing);

        gate.Current.ShouldBe(new(PauseReasons.CreditsMissing, "words", time.Start, time.Start + (31 * Second)));
        time.Advance(29.9 * Second);
        Enter().ShouldBeFalse();
    }

    [Test]
    public void A_failure_from_before_it_does_not_prolong_it()
    {
        var sent = time.GetUtcNow();
        time.Advance(Second);
        Close(30);
        var pause = gate.Current;
        time.Advance(20 * Second);

        gate.Close(30 * Second, PauseReasons.CreditsMissing, "words", sent);
        gate.Failed(sent);

        gate.Current.ShouldBe(pause);
    }

    [Test]
    public void A_failure_from_before_the_latest_success_begins_none()
    {
        var sent = time.GetUtcNow();
        time.Advance(Second);
        gate.Succeeded(time.GetUtcNow());

        gate.Close(30 * Second, PauseReasons.CredentialsRefused, "words", sent);

        gate.Current.ShouldBeNull();
        gate.Close(30 * Second, PauseReasons.CredentialsRefused, "words", time.GetUtcNow());
        gate.Current.ShouldNotBeNull("one that was sent after it, or as late, does");
    }

    private bool Enter() => gate.TryEnter(out _);

    private void Close(int seconds, string reason = PauseReasons.CredentialsRefused) =>
        gate.Close(seconds * Second, reason, "words", time.GetUtcNow());
}
