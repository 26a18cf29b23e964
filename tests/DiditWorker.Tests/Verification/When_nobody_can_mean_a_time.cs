using DiditWorker.Operations.DeadLetters;
using DiditWorker.Protocol;
using DiditWorker.Verification;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Verification;

/// <summary>
/// A time that was never set, in milliseconds where seconds belong, or of a broken clock counts as unknown, and no arithmetic on it throws.
/// </summary>
public sealed class When_nobody_can_mean_a_time
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset[] Never =
    [
        DateTimeOffset.MinValue, new(1, 1, 2, 0, 0, 0, TimeSpan.Zero), new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero),
        new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero), DateTimeOffset.UnixEpoch, new(2019, 12, 31, 23, 59, 59, TimeSpan.Zero), Now.AddDays(2),
        new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero), DateTimeOffset.MaxValue,
    ];

    private static readonly TimeSpan[] Windows = [TimeSpan.Zero, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1), TimeSpan.FromDays(30)];
    private static readonly TimeSpan[] Margins = [TimeSpan.Zero, TimeSpan.FromMinutes(5), TimeSpan.FromDays(1)];

    [Test]
    public void It_is_decided_as_if_nothing_were_said(
        [ValueSource(nameof(Never))] DateTimeOffset time,
        [ValueSource(nameof(Windows))] TimeSpan window,
        [ValueSource(nameof(Margins))] TimeSpan margin)
    {
        foreach (var lookup in Enum.GetValues<LookupBeforeResend>())
        {
            var settings = new ProtocolSettings(window, margin, lookup, WhenRedisUnavailable.Proceed, MaximumAttempts: 10);
            foreach (var memory in (Memory[])[Memory.Unavailable, new(Available: true, Record: null, Owned: true) { At = Now }])
            {
                Decision.Make(memory, new("1.x", time, MaybeAttempted: false), settings, Now)
                    .ShouldBe(Decision.Make(memory, new("1.x", PublishedAt: null, MaybeAttempted: false), settings, Now));
                EarlierAttempts.NotBefore(memory, time, margin, Now).ShouldBeNull();
            }
        }

        WindowAge.Of(time, window, margin, Now).ShouldBe(new(WindowState.Unknown, EndsAt: null));
    }

    private static IEnumerable<TestCaseData> Sources()
    {
        yield return Case(Never[0], Seconds(Now), Now, "an unset sentTime beside a timestamp");
        yield return Case(DateTimeOffset.MaxValue, Seconds(Now), Now, "the last moment beside a timestamp");
        yield return Case(Now, 1, Now, "a timestamp of 1970 beside a sentTime");
        yield return Case(Now, -1, Now, "a negative timestamp");
        yield return Case(Now, long.MaxValue, Now, "the largest timestamp");
        yield return Case(Now, long.MinValue, Now, "the smallest timestamp");
        yield return Case(null, Seconds(Now) * 1_000, Now, "milliseconds");
        yield return Case(null, Seconds(Now) * 1_000_000, null, "microseconds");
        yield return Case(null, 0, null, "a timestamp that was never set");
        yield return Case(null, null, null, "nothing");
        yield return Case(Never[0], 1, null, "two that nobody can mean");
        yield return Case(Now, Seconds(Now.AddHours(-1)), Now.AddHours(-1), "an earlier timestamp");
        yield return Case(Now.AddHours(-1), Seconds(Now), Now.AddHours(-1), "an earlier sentTime");
    }

    [TestCaseSource(nameof(Sources))]
    public void The_earliest_of_the_others_counts(DateTimeOffset? sent, long? timestamp, DateTimeOffset? expected)
    {
        var facts = new DeliveryFacts { Header = _ => null, PropertyId = "order-1", SentTime = sent, Timestamp = timestamp };

        var published = Delivery.Read(facts, "start-verification")!.PublishedAt;
        MeantTime.Believable(published, TimeSpan.FromMinutes(5), Now).ShouldBe(expected);
    }

    private static long Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds();

    private static TestCaseData Case(DateTimeOffset? sent, long? timestamp, DateTimeOffset? expected, string name) =>
        new TestCaseData(sent, timestamp, expected).SetArgDisplayNames(name);
}
