using DiditWorker.Protocol;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Idempotency;

/// <summary>A Redis that is new, or lost its data, knows nothing of what was sent before it began to remember.</summary>
public sealed class When_redis_may_have_forgotten
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Period = TimeSpan.FromHours(24) + TimeSpan.FromMinutes(5);

    [TestCase(0, true)]
    [TestCase(24 * 3600, true)]
    [TestCase((24 * 3600) + 299, true)]
    [TestCase((24 * 3600) + 300, false)]
    [TestCase(30 * 24 * 3600, false)]
    public void It_may_within_the_window_and_its_margin(int seconds, bool mayHave) =>
        new Memory(Available: true, Record: null, Owned: true) { At = Now, Horizon = Now.AddSeconds(-seconds) }.MayHaveForgotten(Period)
            .ShouldBe(mayHave);

    [Test]
    public void Without_redis_nothing_is_known_of_it() => Memory.Unavailable.MayHaveForgotten(Period).ShouldBeFalse();

    [TestCase(LookupBeforeResend.Always, "every create is looked up first until 2026-11-25 11:05:00Z")]
    [TestCase(LookupBeforeResend.OutsideWindow, "until 2026-11-25 11:05:00Z every create relies on Didit's memory of the key")]
    [TestCase(LookupBeforeResend.Never, "until 2026-11-25 11:05:00Z every create relies on Didit's memory of the key, or is parked")]
    public void What_follows_is_said_in_words(LookupBeforeResend lookup, string words) =>
        new HorizonReading(Now, Now.AddHours(-1), Markers: 1, Missing: 0).InWords(Period, lookup).ShouldBe(words);

    [Test]
    public void Nothing_follows_from_a_horizon_that_lies_far_back()
    {
        var reading = new HorizonReading(Now, Now - Period, Markers: 1, Missing: 0);

        (reading.GuardedUntil(Period), reading.InWords(Period, LookupBeforeResend.Always))
            .ShouldBe((null, "creates need no look-up for its sake"));
    }
}
