using DiditWorker.Didit;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_didit_is_paused
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private FakeTimeProvider time = null!;
    private Availability availability = null!;

    [SetUp]
    public void Start()
    {
        time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        availability = new(time, NoMetrics.Create());
    }

    [Test]
    public void Everybody_may_send_before_it()
    {
        Enter().ShouldBeTrue();
        Enter().ShouldBeTrue();
        availability.Current.ShouldBeNull();
    }

    [Test]
    public void Nobody_may_send_until_it_is_over()
    {
        Pause(30);
        Enter().ShouldBeFalse();
        time.Advance(29.9 * Second);
        Enter().ShouldBeFalse();
    }

    [Test]
    public void Everybody_may_send_once_a_create_was_answered()
    {
        Pause(30);

        availability.CreateAnswered();

        Enter().ShouldBeTrue();
        Enter().ShouldBeTrue();
        availability.Current.ShouldBeNull();
        availability.Successes.ShouldBe(1);
    }

    [Test]
    public void A_look_up_ends_it_too_but_is_no_create()
    {
        Pause(30);

        availability.Resume();

        availability.Current.ShouldBeNull();
        availability.Successes.ShouldBe(0);
    }

    [Test]
    public void It_began_when_it_began_however_often_it_is_prolonged()
    {
        Pause(30);
        time.Advance(40 * Second);
        Pause(30);

        var pause = availability.Current.ShouldNotBeNull();
        pause.Since.ShouldBe(time.Start);
        pause.Until.ShouldBe(time.Start + (70 * Second));
    }

    [Test]
    public void It_begins_anew_for_another_reason()
    {
        Pause(30);
        time.Advance(40 * Second);
        availability.PauseFor(30 * Second, PauseReasons.CircuitOpen, "too many failures");

        availability.Current.ShouldBe(new(PauseReasons.CircuitOpen, "too many failures", time.Start + (40 * Second), time.Start + (70 * Second)));
    }

    private bool Enter() => availability.TryEnter(out _);

    private void Pause(int seconds) => availability.PauseFor(seconds * Second, PauseReasons.CredentialsRefused, "401");
}
