using DiditWorker.Protocol;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Protocol;

/// <summary>
/// The limits that the README names are real, and the model is strong enough to find them: each assumption that is taken away leads to a
/// duplicate, in an environment that is otherwise harmless.
/// </summary>
public sealed class What_cannot_be_promised
{
    private static readonly Seq<Copy> Twice = [new Copy(0), new Copy(0)];

    private static readonly Scenario[] Limits =
    [
        new("Redis loses a single record, then an unflagged duplicate comes at once") { Queue = Twice, Budget = new() { Losses = 1 } },
        new("Redis loses a single record, then an unflagged duplicate comes later")
        { Workers = 1, Queue = Twice, Budget = new() { Losses = 1 } },
        new("Redis loses a single record under EveryCreate, and the unflagged duplicate comes before Didit lists the session")
        {
            Workers = 1, Queue = Twice, Lookup = LookupBeforeResend.EveryCreate, ListLags = true, Budget = new() { Losses = 1 },
        },
        new("Redis loses everything while a delivery works, and an unflagged duplicate comes meanwhile")
        { Queue = Twice, Budget = new() { Wipes = 1 } },
        new("Redis loses the record while a delivery works that the broker has given to another")
        { Budget = new() { Losses = 1, Cuts = 1 } },
        new("Redis fails over while a delivery works that the broker has given to another") { Budget = new() { Failovers = 1, Cuts = 1 } },
        new("Redis is away under Proceed while duplicates are worked on at once")
        {
            Queue = Twice, WhenRedisUnavailable = WhenRedisUnavailable.Proceed, Budget = new() { Outages = 1 },
        },
        new("Didit processes an abandoned request, or lists it, later than the look-ups wait")
        {
            ListLags = true, LagsLonger = true, Budget = new() { Timeouts = 1 },
        },
        new("Didit neither keeps metadata nor hands unfinished sessions back") { KeepsMetadata = false, Budget = new() { Timeouts = 1 } },
        new("Didit keeps no metadata, and the session is finished between look-up and create")
        {
            KeepsMetadata = false, Reuses = true, Budget = new() { Timeouts = 1, Finishes = 1 },
        },
        new("Didit is trusted with the header and ignores it")
        { Lookup = LookupBeforeResend.OutsideWindow, Budget = new() { Timeouts = 1 } },
        new("the same id is published again after the window, as if it were new")
        {
            Queue = [new Copy(0), new Copy(0, Published: 1)], Budget = new() { Windows = 1 },
        },

        // Its key in the metadata was overwritten by the other message, to which the session then belongs.
        new("a session is handed to another message and finished, and the first message comes again after the window")
        {
            Messages = 2, Queue = [new Copy(0), new Copy(0), new Copy(1)], Reuses = true, Workers = 1, SameContent = false,
            Budget = new() { Windows = 1, Finishes = 1 },
        },
    ];

    public static IEnumerable<TestCaseData> Names() => Limits.Select(limit => new TestCaseData(limit.Name));

    [TestCaseSource(nameof(Names))]
    public void The_model_finds_the_duplicate(string name)
    {
        var exploration = Explorer.Explore(Limits.Single(limit => limit.Name == name));

        TestContext.Out.WriteLine(exploration);
        exploration.Broken.ShouldBeOneOf("message 0 has more than one session", "message 0 was answered with two sessions");
    }

    [Test]
    public void Without_data_loss_none_of_these_environments_does_harm()
    {
        var harmless = new Scenario("a duplicate, a cut, a time-out")
        { Queue = Twice, Budget = new() { Cuts = 1, Timeouts = 1, Finishes = 1 } };

        Explorer.Explore(harmless).Broken.ShouldBeNull();
    }
}
