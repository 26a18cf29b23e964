using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Protocol;

/// <summary>The model would notice: each mistake of others, planted in it, breaks an invariant.</summary>
public sealed class When_a_mistake_is_planted
{
    private const string TwoSessions = "message 0 has more than one session";
    private const string TwoRequests = "two requests of one message are under way";
    private const string Unfenced = "the record of another owner was changed within its lease";
    private const string OtherPayload = "message 0 was taken for another payload";

    // A worker dies after sending, and another delivery gives the key back unused.
    private static readonly Scenario DeadAndGivenBack = Scenarios.Faults with { Budget = new() { Crashes = 1, NotSent = 1 } };

    // Two deliveries time out in turn.
    private static readonly Scenario TwoTimeouts = Scenarios.Faults with { Budget = new() { Timeouts = 2 } };

    private static readonly Dictionary<Mistake, (Scenario Scenario, string Broken)> Planted = new()
    {
        [Mistake.LeaseIgnored] = (Scenarios.Faults, Unfenced),
        [Mistake.GetThenSet] = (Scenarios.Faults, Unfenced),
        [Mistake.CompleteOverwrites] = (Scenarios.Faults, "an answered record was changed"),
        [Mistake.UnfencedComplete] = (Scenarios.Faults, Unfenced),
        [Mistake.UnfencedRelease] = (Scenarios.Returns, Unfenced),
        [Mistake.LeaseNotKept] = (Scenarios.Faults, TwoRequests),
        [Mistake.LeaseNeverOver] = (Scenarios.Faults, "nothing goes on, but a message waits"),
        [Mistake.FingerprintLost] = (Scenarios.Faults, OtherPayload),
        [Mistake.AnsweredBeforeFingerprint] = (Scenarios.OtherPayload, "two payloads under one id were both answered with a session"),
        [Mistake.RawBytesHashed] = (Scenarios.Faults, OtherPayload),
        [Mistake.ForgottenOnTimeout] = (Scenarios.Faults, TwoRequests),
        [Mistake.TimeoutStoredAsRefusal] = (Scenarios.Faults, "message 0 was refused although Didit refused nothing"),
        [Mistake.TtlInASecondStep] = (Scenarios.Faults, "a record has no TTL"),
        [Mistake.KeyFromReplacedId] = (Scenarios.Faults, TwoSessions),
        [Mistake.AgeIgnored] = (Scenarios.Window, TwoSessions),
        [Mistake.ClockOfTheHost] = (Scenarios.Faults, Unfenced),
        [Mistake.InProgressAcked] = (Scenarios.Faults, "message 0 was acknowledged, but neither answered nor parked"),
        [Mistake.ReplayLooksFresh] = (Scenarios.Window, TwoSessions),
        [Mistake.NoLookUp] = (Scenarios.Faults, TwoRequests),
        [Mistake.LookUpTooSoon] = (Scenarios.Faults, TwoRequests),
        [Mistake.OwnSendHidesALaterOne] = (TwoTimeouts, TwoRequests),
        [Mistake.RecordHidesALaterOne] = (Scenarios.DataLoss, TwoSessions),
        [Mistake.RecordAfterSend] = (Scenarios.Faults, TwoRequests),
        [Mistake.GivenBackIsFresh] = (DeadAndGivenBack, TwoSessions),
        [Mistake.ForgetDeletesEarlier] = (DeadAndGivenBack, TwoSessions),
        [Mistake.RedeliveryIgnored] = (Scenarios.DataLoss, TwoSessions),
        [Mistake.OwnAttemptForgotten] = (Scenarios.Faults, TwoRequests),
        [Mistake.RandomAnswerId] = (Scenarios.Faults, "message 0 has answers with different message ids"),
        [Mistake.PublishedAlthoughFenced] = (Scenarios.Faults, "message 0 was answered twice with different contents"),
        [Mistake.LeaseBelievedLonger] = (Scenarios.Leases, TwoRequests),
        [Mistake.LeaseCountedFromReply] = (Scenarios.Leases, TwoRequests),
        [Mistake.HorizonIgnored] = (Scenarios.Wiped, TwoSessions),
        [Mistake.HorizonNotWaitedFor] = (Scenarios.Wiped, TwoSessions),
        [Mistake.WaitForgotten] = (Scenarios.NextTries, "there is no way to an answer any more"),
        [Mistake.ExclusionIgnored] = (Scenarios.Excluded, "a message is parked for sessions that a person excluded"),
        [Mistake.UrlNotWaitedFor] = (Scenarios.NoMetadata, TwoSessions),
        [Mistake.CreateGivenUpEarly] = (Scenarios.Faults, TwoRequests),
        [Mistake.DeadlineCheckedOnce] = (Scenarios.Deadlines, "a create is sent after the deadline"),
        [Mistake.ExpiredWithoutLookUp] = (Scenarios.Deadlines, "message 0 was answered Expired and has a session"),
        [Mistake.AckBeforePublish] = (Scenarios.Faults, "message 0 was acknowledged, but neither answered nor parked"),
    };

    public static IEnumerable<TestCaseData> Mistakes() => Planted.Keys.Select(mistake => new TestCaseData(mistake.ToString()));

    [TestCaseSource(nameof(Mistakes))]
    public void The_model_catches_it(string name)
    {
        var mistake = Enum.Parse<Mistake>(name);
        var (scenario, broken) = Planted[mistake];

        var exploration = Explorer.Explore(scenario with { Planted = mistake });

        TestContext.Out.WriteLine($"{mistake} in {exploration}");
        exploration.Broken.ShouldBe(broken, exploration.ToString());
    }

    [Test]
    public void None_is_left_out() => Planted.Keys.ShouldBe(Enum.GetValues<Mistake>().Except([Mistake.None]), ignoreOrder: true);

    [Test]
    public void Without_it_nothing_is_wrong()
    {
        foreach (var scenario in (Scenario[])[DeadAndGivenBack, TwoTimeouts])
        {
            var exploration = Explorer.Explore(scenario);
            exploration.Broken.ShouldBeNull(exploration.ToString());
        }
    }
}
