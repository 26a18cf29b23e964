using DiditWorker.Observability;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Observability;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class When_deliveries_are_remembered
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Noon);

    [Test]
    public void They_are_counted_by_minute_and_empty_minutes_are_there()
    {
        var recent = new RecentActivity(_time);
        recent.Ended(DeliveryOutcomes.Created, error: null);
        recent.Ended(DeliveryOutcomes.Created, error: null);
        _time.Advance(TimeSpan.FromMinutes(2));
        recent.Ended(DeliveryOutcomes.Waited, error: null);

        var minutes = recent.ByMinute();

        minutes.Count.ShouldBe(15);
        minutes[^1].At.ShouldBe(Noon.AddMinutes(2));
        minutes[^1].Counts["waited"].ShouldBe(1);
        minutes[^2].Counts.Values.Sum().ShouldBe(0);
        minutes[^3].Counts["created"].ShouldBe(2);
        minutes.ShouldAllBe(minute => minute.Counts.Count == DeliveryOutcomes.All.Count);
    }

    [Test]
    public void What_is_older_than_fifteen_minutes_is_forgotten()
    {
        var recent = new RecentActivity(_time);
        recent.Ended(DeliveryOutcomes.Created, error: null);
        _time.Advance(TimeSpan.FromMinutes(15));

        recent.ByMinute().Sum(minute => minute.Counts.Values.Sum()).ShouldBe(0);
    }

    [Test]
    public void The_latest_twenty_errors_are_kept_newest_first()
    {
        var recent = new RecentActivity(_time);
        for (var i = 0; i < 25; i++)
        {
            recent.Ended(DeliveryOutcomes.Rejected, new(Noon, "rejected", $"why {i}", Key: null));
        }

        recent.LatestErrors().Select(error => error.Why).ShouldBe(Enumerable.Range(5, 20).Reverse().Select(i => $"why {i}"));
    }

    [Test]
    public void Creates_count_for_sixty_seconds()
    {
        var recent = new RecentActivity(_time);
        recent.CreateSent();
        recent.CreateSent();
        _time.Advance(TimeSpan.FromSeconds(59));
        recent.CreateSent();
        recent.CreatesLastMinute().ShouldBe(3);

        _time.Advance(TimeSpan.FromSeconds(1));
        recent.CreatesLastMinute().ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(59));
        recent.CreatesLastMinute().ShouldBe(0);
    }

    [Test]
    public void What_is_under_way_goes_up_and_down()
    {
        var recent = new RecentActivity(_time);
        var first = recent.Began(0, published: null);
        recent.Began(0, published: null);
        recent.Left(first);

        recent.Active.ShouldBe(1);
    }

    [Test]
    public void Who_waits_is_told_by_urgency_with_the_longest_wait()
    {
        var recent = new RecentActivity(_time);
        recent.Began(4, _time.GetUtcNow() - TimeSpan.FromMinutes(3));
        var urgent = recent.Began(5, _time.GetUtcNow() - TimeSpan.FromSeconds(2));
        recent.Began(255, _time.GetUtcNow() + TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromSeconds(1));

        recent.Waiting(urgent: true).ShouldBe((2, TimeSpan.FromSeconds(3)));
        recent.Waiting(urgent: false).ShouldBe((1, TimeSpan.FromSeconds(181)));

        recent.Left(urgent);
        recent.Waiting(urgent: true).ShouldBe((1, TimeSpan.FromSeconds(1)));
    }
}
