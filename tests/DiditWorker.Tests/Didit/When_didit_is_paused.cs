using DiditWorker.Didit;
using DiditWorker.Protocol;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_didit_is_paused
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private FakeTimeProvider _time = null!;
    private Gate _gate = null!;

    [SetUp]
    public void Start()
    {
        _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        _gate = new(_time);
    }

    [Test]
    public void Everybody_may_send_before_it()
    {
        Enter().ShouldBeTrue();
        Enter().ShouldBeTrue();
        _gate.Current.ShouldBeNull();
    }

    [Test]
    public void Nobody_may_send_until_it_is_over()
    {
        Close(30);
        Enter().ShouldBeFalse();
        _time.Advance(29.9 * Second);
        Enter().ShouldBeFalse();
    }

    [Test]
    public void A_success_that_was_asked_for_after_it_began_ends_it()
    {
        Close(30);
        _time.Advance(30 * Second);
        Enter().ShouldBeTrue();

        _gate.Succeeded(_time.GetUtcNow());

        _gate.Current.ShouldBeNull();
        Enter().ShouldBeTrue();
    }

    [Test]
    public void A_success_that_was_asked_for_before_it_began_does_not_end_it()
    {
        var sent = _time.GetUtcNow();
        _time.Advance(Second);
        Close(30);
        var pause = _gate.Current;

        _gate.Succeeded(sent);

        _gate.Current.ShouldBe(pause);
        Enter().ShouldBeFalse();
    }

    [Test]
    public void A_success_that_was_asked_for_before_it_began_does_not_end_a_prolonged_one_either()
    {
        var sent = _time.GetUtcNow();
        _time.Advance(Second);
        Close(30);
        _time.Advance(30 * Second);
        _gate.Failed(_time.GetUtcNow());

        _gate.Succeeded(sent);

        _gate.Current.ShouldNotBeNull();
    }

    [Test]
    public void It_began_when_it_began_however_often_it_is_prolonged()
    {
        Close(30);
        _time.Advance(40 * Second);
        Close(30);

        var pause = _gate.Current.ShouldNotBeNull();
        pause.Since.ShouldBe(_time.Start);
        pause.Until.ShouldBe(_time.Start + (70 * Second));
    }

    [TestCase(PauseReasons.CredentialsRefused)]
    [TestCase(PauseReasons.CircuitOpen)]
    public void It_is_never_shortened_whatever_the_reason(string reason)
    {
        Close(30);
        var pause = _gate.Current;
        _time.Advance(10 * Second);

        Close(5, reason);
        Close(20, reason);

        _gate.Current.ShouldBe(pause);
        _time.Advance(19.9 * Second);
        Enter().ShouldBeFalse();
    }

    [Test]
    public void A_longer_one_takes_its_place_and_its_reason()
    {
        Close(5);
        _time.Advance(Second);

        Close(30, PauseReasons.CreditsMissing);

        _gate.Current.ShouldBe(new(PauseReasons.CreditsMissing, "words", _time.Start, _time.Start + (31 * Second)));
        _time.Advance(29.9 * Second);
        Enter().ShouldBeFalse();
    }

    [Test]
    public void A_failure_from_before_it_does_not_prolong_it()
    {
        var sent = _time.GetUtcNow();
        _time.Advance(Second);
        Close(30);
        var pause = _gate.Current;
        _time.Advance(20 * Second);

        _gate.Close(30 * Second, PauseReasons.CreditsMissing, "words", sent);
        _gate.Failed(sent);

        _gate.Current.ShouldBe(pause);
    }

    [Test]
    public void A_failure_from_before_the_latest_success_begins_none()
    {
        var sent = _time.GetUtcNow();
        _time.Advance(Second);
        _gate.Succeeded(_time.GetUtcNow());

        _gate.Close(30 * Second, PauseReasons.CredentialsRefused, "words", sent);

        _gate.Current.ShouldBeNull();
        _gate.Close(30 * Second, PauseReasons.CredentialsRefused, "words", _time.GetUtcNow());
        _gate.Current.ShouldNotBeNull("one that was sent after it, or as late, does");
    }

    private bool Enter() => _gate.TryEnter(default, out _);

    private void Close(int seconds, string reason = PauseReasons.CredentialsRefused) =>
        _gate.Close(seconds * Second, reason, "words", _time.GetUtcNow());
}
