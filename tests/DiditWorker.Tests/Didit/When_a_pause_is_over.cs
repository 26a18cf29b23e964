using DiditWorker.Didit;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_a_pause_is_over
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
    public void One_message_probes_when_it_is_over()
    {
        Pause(30);
        time.Advance(30 * Second);

        Enter().ShouldBeTrue();
        Enter().ShouldBeFalse();
        Enter().ShouldBeFalse();
    }

    [Test]
    public void Who_waits_can_see_whether_a_try_is_worth_it()
    {
        availability.MayEnter.ShouldBeTrue();
        Pause(30);
        availability.MayEnter.ShouldBeFalse();
        time.Advance(30 * Second);
        availability.MayEnter.ShouldBeTrue();
        Enter().ShouldBeTrue();
        availability.MayEnter.ShouldBeFalse();
    }

    [Test]
    public void A_probe_that_came_to_nothing_lets_the_next_one_try()
    {
        Pause(30);
        time.Advance(30 * Second);
        availability.TryEnter(out var probe).ShouldBeTrue();

        probe.Dispose();

        Enter().ShouldBeTrue();
        Enter().ShouldBeFalse();
    }

    [Test]
    public void Those_who_were_turned_away_do_not_end_the_probe()
    {
        Pause(30);
        time.Advance(30 * Second);
        Enter().ShouldBeTrue();
        availability.TryEnter(out var refused).ShouldBeFalse();

        refused.Dispose();

        Enter().ShouldBeFalse();
    }

    [Test]
    public void Those_who_were_let_in_before_it_do_not_end_the_probe()
    {
        availability.TryEnter(out var early).ShouldBeTrue();
        Pause(30);
        time.Advance(30 * Second);
        Enter().ShouldBeTrue();

        early.Dispose();

        Enter().ShouldBeFalse();
    }

    [Test]
    public void A_failed_probe_does_not_end_the_next_one()
    {
        Pause(30);
        time.Advance(30 * Second);
        availability.TryEnter(out var failed).ShouldBeTrue();
        Pause(5);
        time.Advance(5 * Second);
        Enter().ShouldBeTrue();

        failed.Dispose();

        Enter().ShouldBeFalse();
    }

    private bool Enter() => availability.TryEnter(out _);

    private void Pause(int seconds) => availability.PauseFor(seconds * Second, PauseReasons.CredentialsRefused, "401");
}
