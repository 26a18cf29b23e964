using DiditWorker.Didit;
using DiditWorker.Protocol;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Didit;

public sealed class When_a_pause_is_over
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
    public void One_message_probes()
    {
        Close(30);
        _time.Advance(30 * Second);

        Enter().ShouldBeTrue();
        Enter().ShouldBeFalse();
        Enter().ShouldBeFalse();
    }

    [Test]
    public void A_probe_that_came_to_nothing_lets_the_next_one_try()
    {
        Close(30);
        _time.Advance(30 * Second);
        _gate.TryEnter(default, out var probe).ShouldBeTrue();

        probe.Dispose();

        Enter().ShouldBeTrue();
        Enter().ShouldBeFalse();
    }

    [Test]
    public void A_probe_that_failed_prolongs_it_by_its_length()
    {
        Close(30);
        _time.Advance(32 * Second);
        _gate.TryEnter(default, out var probe).ShouldBeTrue();
        var sent = _time.GetUtcNow();
        _time.Advance(Second);

        _gate.Failed(sent);
        probe.Dispose();

        _gate.Current.ShouldBe(new(PauseReasons.CredentialsRefused, "401", _time.Start, _time.Start + (63 * Second)));
        Enter().ShouldBeFalse();
        _time.Advance(30 * Second);
        Enter().ShouldBeTrue();
        Enter().ShouldBeFalse();
    }

    [Test]
    public void A_failure_without_a_pause_begins_none()
    {
        _gate.Failed(_time.GetUtcNow());

        _gate.Current.ShouldBeNull();
    }

    [Test]
    public void Those_who_were_turned_away_do_not_end_the_probe()
    {
        Close(30);
        _time.Advance(30 * Second);
        Enter().ShouldBeTrue();
        _gate.TryEnter(default, out var refused).ShouldBeFalse();

        refused.Dispose();

        Enter().ShouldBeFalse();
    }

    [Test]
    public void Those_who_were_let_in_before_it_do_not_end_the_probe()
    {
        _gate.TryEnter(default, out var early).ShouldBeTrue();
        Close(30);
        _time.Advance(30 * Second);
        Enter().ShouldBeTrue();

        early.Dispose();

        Enter().ShouldBeFalse();
    }

    [Test]
    public void A_failed_probe_that_leaves_late_does_not_end_the_next_one()
    {
        Close(30);
        _time.Advance(30 * Second);
        _gate.TryEnter(default, out var failed).ShouldBeTrue();
        Close(5);
        _time.Advance(5 * Second);
        Enter().ShouldBeTrue();

        failed.Dispose();

        Enter().ShouldBeFalse();
    }

    [Test]
    public void Who_waits_for_it_hears_of_it_once_it_has_ended()
    {
        var reopened = _gate.Reopened;
        Close(30);
        _time.Advance(30 * Second);
        _gate.TryEnter(default, out var probe).ShouldBeTrue();
        probe.Dispose();
        reopened.IsCompleted.ShouldBeFalse("a probe is no end");
        _gate.Failed(_time.GetUtcNow());
        reopened.IsCompleted.ShouldBeFalse("a failed one even less");

        _gate.Succeeded(_time.GetUtcNow());

        reopened.IsCompletedSuccessfully.ShouldBeTrue();
        _gate.Reopened.IsCompleted.ShouldBeFalse("this one ends with the next pause");
    }

    [Test]
    public void A_success_without_a_pause_wakes_nobody()
    {
        var reopened = _gate.Reopened;

        _gate.Succeeded(_time.GetUtcNow());

        reopened.IsCompleted.ShouldBeFalse();
    }

    private bool Enter() => _gate.TryEnter(default, out _);

    private void Close(int seconds) => _gate.Close(seconds * Second, PauseReasons.CredentialsRefused, "401", _time.GetUtcNow());
}
