using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Verification;

/// <summary>
/// A look-up that comes too soon after the latest attempt misses its session. The protocol model found two ways to get there.
/// </summary>
public sealed class When_earlier_attempts_are_dated
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    // A delivery waited after its own time-out; meanwhile another one took the key over, sent, and died.
    [Test]
    public void Its_own_request_does_not_hide_that_another_one_came_later() =>
        EarlierAttempts.Latest(Recorded(lastSecondsAgo: 1), lastSent: Ago(90), redelivered: null, Now).ShouldBe(Ago(1));

    // Redis failed over to a replica that knows an old attempt only; the broker says that a delivery was lost a moment ago.
    [Test]
    public void Nor_does_the_record_hide_that_a_delivery_came_later() =>
        EarlierAttempts.Latest(Recorded(lastSecondsAgo: 600), lastSent: null, redelivered: Ago(1), Now).ShouldBe(Ago(1));

    [TestCase(3, 2, 1, 1)]
    [TestCase(3, 1, 2, 1)]
    [TestCase(2, 3, 1, 1)]
    [TestCase(2, 1, 3, 1)]
    [TestCase(1, 3, 2, 1)]
    [TestCase(1, 2, 3, 1)]
    [TestCase(null, 2, 1, 1)]
    [TestCase(null, 1, 2, 1)]
    [TestCase(1, null, 2, 1)]
    [TestCase(2, null, 1, 1)]
    [TestCase(1, 2, null, 1)]
    [TestCase(2, 1, null, 1)]
    [TestCase(1, null, null, 1)]
    [TestCase(null, 1, null, 1)]
    [TestCase(null, null, 1, 1)]
    [TestCase(null, null, null, null)]
    public void The_latest_of_all_sources_counts(int? recorded, int? sent, int? redelivered, int? latest) =>
        EarlierAttempts.Latest(Recorded(recorded), Ago(sent), Ago(redelivered), Now).ShouldBe(Ago(latest));

    // It may have sent until the lease was over, and nobody wrote that down.
    [Test]
    public void A_lease_that_ran_out_counts_to_its_end()
    {
        var memory = Recorded(lastSecondsAgo: 120);
        memory = memory with { Record = memory.Record! with { LeaseUntil = Now.AddSeconds(-2) } };

        EarlierAttempts.Latest(memory, lastSent: null, redelivered: null, Now).ShouldBe(Ago(2));
    }

    // Redis lost everything a moment ago, and what it forgot may have been sent right before.
    [TestCase(1, 1)]
    [TestCase(600, 5)]
    public void A_redis_that_lost_everything_may_have_forgotten_an_attempt_up_to_then(int horizonSecondsAgo, int latestSecondsAgo)
    {
        var memory = Recorded(lastSecondsAgo: 5) with { Horizon = Now.AddSeconds(-horizonSecondsAgo) };

        EarlierAttempts.Latest(memory, lastSent: null, redelivered: null, Now).ShouldBe(Ago(latestSecondsAgo));
    }

    // A repeat that was published again says that it is younger than what it repeats.
    [TestCase(LookupBeforeResend.Always, 60, 10, 86_400)]
    [TestCase(LookupBeforeResend.Always, 86_400, 10, 86_400)]
    [TestCase(LookupBeforeResend.Always, 90_000, 10, 10)]
    [TestCase(LookupBeforeResend.Always, null, 10, 10)]
    [TestCase(LookupBeforeResend.Always, 60, 100_000, 100_000)]
    [TestCase(LookupBeforeResend.Always, 60, null, null)]
    [TestCase(LookupBeforeResend.Always, 60, -100_000, null)]
    [TestCase(LookupBeforeResend.EveryCreate, null, 10, 86_400)]
    [TestCase(LookupBeforeResend.EveryCreate, 90_000, 100_000, 100_000)]
    public void What_is_not_remembered_may_have_been_sent_up_to_a_window_ago(
        LookupBeforeResend lookup, int? horizonSecondsAgo, int? publishedSecondsAgo, int? expected)
    {
        var memory = new Memory(Available: true, Record: null, Owned: true) { At = Now, Horizon = Ago(horizonSecondsAgo) };
        var settings = new ProtocolSettings(TimeSpan.FromDays(1), Margin, lookup, WhenRedisUnavailable.Wait, MaximumAttempts: 10);

        EarlierAttempts.LookFrom(memory, Ago(publishedSecondsAgo), settings, Now).ShouldBe(Ago(expected) - Margin);
    }

    [Test]
    public void Where_there_is_a_record_nothing_was_forgotten()
    {
        var memory = Recorded(lastSecondsAgo: 20) with { Horizon = Ago(60) };
        var settings =
            new ProtocolSettings(
                TimeSpan.FromDays(1), Margin, LookupBeforeResend.EveryCreate, WhenRedisUnavailable.Wait, MaximumAttempts: 10);

        EarlierAttempts.LookFrom(memory, Ago(10), settings, Now).ShouldBe(Ago(20) - Margin);
    }

    [Test]
    public void Also_where_it_has_no_record() =>
        EarlierAttempts.Latest(Recorded(lastSecondsAgo: null) with { Horizon = Now.AddSeconds(-1) }, lastSent: null, redelivered: null, Now)
            .ShouldBe(Ago(1));

    [Test]
    public void A_lease_that_is_live_is_as_if_it_ended_now()
    {
        var memory = Recorded(lastSecondsAgo: 120);
        memory = memory with { Record = memory.Record! with { LeaseUntil = DateTimeOffset.MaxValue } };

        EarlierAttempts.Latest(memory, lastSent: null, redelivered: null, Now).ShouldBe(Now);
    }

    [TestCase(-7)]
    [TestCase(7)]
    public void The_record_is_as_old_as_redis_says_whatever_the_clock_of_the_host(int minutesAhead)
    {
        var host = Now.AddMinutes(minutesAhead);

        EarlierAttempts.Latest(Recorded(lastSecondsAgo: 3), lastSent: null, redelivered: null, host).ShouldBe(host.AddSeconds(-3));
    }

    [Test]
    public void Without_redis_its_own_signs_are_left() =>
        EarlierAttempts.Latest(Memory.Unavailable, Ago(5), Ago(9), Now).ShouldBe(Ago(5));

    [TestCase(600, 60, 600)]
    [TestCase(60, 600, 600)]
    [TestCase(null, 600, 600)]
    [TestCase(600, null, null)]
    [TestCase(60, -600, null)]
    [TestCase(null, null, null)]
    public void The_first_one_possible_is_the_older_of_record_and_message(int? firstSecondsAgo, int? publishedSecondsAgo, int? expected) =>
        EarlierAttempts.NotBefore(Recorded(firstSecondsAgo), Ago(publishedSecondsAgo), Margin, Now).ShouldBe(Ago(expected) - Margin);

    private static DateTimeOffset? Ago(int? seconds) => seconds is { } some ? Now.AddSeconds(-some) : null;

    private static Memory Recorded(int? lastSecondsAgo) =>
        new(Available: true, Ago(lastSecondsAgo) is { } at ? Record(at) : null, Owned: true) { At = Now };

    private static IdempotencyRecord Record(DateTimeOffset at) =>
        new()
        {
            State = RecordState.InProgress,
            Fingerprint = "1.x",
            Owner = "owner",
            LeaseUntil = DateTimeOffset.UnixEpoch,
            FirstAttempt = at,
            LastAttempt = at,
            Attempts = 1,
            Payload = "",
        };
}
