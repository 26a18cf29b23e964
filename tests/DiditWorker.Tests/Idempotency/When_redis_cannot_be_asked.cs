using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;
using static DiditWorker.Tests.Idempotency.Deciding;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_redis_cannot_be_asked
{
    private static readonly ProtocolSettings Proceed = Defaults with { WhenRedisUnavailable = WhenRedisUnavailable.Proceed };

    [TestCase(1.0, false)]
    [TestCase(1.0, true)]
    [TestCase(99999.0, false)]
    [TestCase(null, true)]
    public void Every_message_waits_unless_told_otherwise(double? minutes, bool maybeAttempted) =>
        Decide(Memory.Unavailable, Aged(minutes, maybeAttempted)).ShouldBe(Choice.WaitForRedis);

    [Test]
    public void Nothing_is_known_and_nobody_owns_the_key() =>
        Memory.Unavailable.ShouldBe(new Memory(Available: false, Record: null, Owned: false));

    [Test]
    public void A_fresh_message_may_proceed() => Decide(Memory.Unavailable, Young, Proceed).ShouldBe(Choice.Create);

    [TestCase(1.0, true)]
    [TestCase(99999.0, false)]
    [TestCase(null, false)]
    public void Others_look_up_first(double? minutes, bool maybeAttempted) =>
        Decide(Memory.Unavailable, Aged(minutes, maybeAttempted), Proceed).ShouldBe(Choice.LookUpThenCreate);

    [Test]
    public void Nothing_remembered_from_before_is_trusted() =>
        Decide(new Memory(Available: false, Record(RecordState.Completed), Owned: false), Young, Proceed).ShouldBe(Choice.Create);
}
