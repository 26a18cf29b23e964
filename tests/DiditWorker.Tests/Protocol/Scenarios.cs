using DiditWorker.Protocol;

namespace DiditWorker.Tests.Protocol;

/// <summary>
/// Configurations under which everything is promised. Unless it says otherwise, Didit ignores the header and hands nothing back.
/// </summary>
internal static class Scenarios
{
    /// <summary>A duplicate and every fault of worker, broker and Didit; Redis keeps its data.</summary>
    public static readonly Scenario Faults = new("faults, Redis keeps its data")
    {
        Queue = [new Copy(0), new Copy(0)],
        ListLags = true,
        Budget = new() { Crashes = 2, Timeouts = 1, Finishes = 1 },
    };

    public static readonly Scenario Returns = new("keys given back")
    {
        Queue = [new Copy(0), new Copy(0)],
        ListLags = true,
        OthersSucceed = true,
        ReleasesApart = true,
        Budget = new() { Stops = 1, Timeouts = 1, NotSent = 1, Pauses = 1 },
    };

    public static readonly Scenario ThreeWorkers = new("three deliveries at once")
    {
        Workers = 3,
        Queue = [new Copy(0), new Copy(0), new Copy(0)],
        ListLags = true,
        Budget = new() { Crashes = 1, Timeouts = 1 },
    };

    public static readonly Scenario Cuts = new("broker connections cut, replies of Redis lost")
    {
        ListLags = true,
        Budget = new() { Crashes = 1, Cuts = 2, Timeouts = 1, LostReplies = 1, Finishes = 1 },
    };

    public static readonly Scenario Leases = new("leases end in two parts, replies of Redis are lost or late")
    {
        Queue = [new Copy(0), new Copy(0)],
        LeaseTicks = 2,
        ReleasesApart = true,
        Budget = new() { Timeouts = 1, LostReplies = 2 },
    };

    public static readonly Scenario NextTries = new("next tries that are never due, requests pause")
    {
        Queue = [new Copy(0), new Copy(0)],
        NextTryNeverDue = true,
        OthersSucceed = true,
        MaximumAttempts = 4,
        Budget = new() { NotSent = 2, Pauses = 2 },
    };

    public static readonly Scenario TwoMessages = new("two messages of one person")
    {
        Messages = 2,
        Queue = [new Copy(0), new Copy(1)],
        Reuses = true,
        Budget = new() { Crashes = 2, Timeouts = 1, Finishes = 1 },
    };

    public static readonly Scenario DataLoss = new("Redis loses data or fails over, one delivery at a time")
    {
        Workers = 1,
        ListLags = true,
        SameContent = false,
        Budget = new() { Crashes = 3, Stops = 1, Timeouts = 2, NotSent = 1, Losses = 1, Failovers = 1, Finishes = 1 },
    };

    public static readonly Scenario Wiped = new("Redis loses everything, then duplicates come that nothing marks, one delivery at a time")
    {
        Workers = 1,
        Queue = [new Copy(0), new Copy(0)],
        ListLags = true,
        SameContent = false,
        Budget = new() { Crashes = 1, Timeouts = 1, NotSent = 1, Wipes = 1, Windows = 1, Finishes = 1 },
    };

    public static readonly Scenario EveryCreate = new("Redis loses an old record under EveryCreate, duplicates that nothing marks")
    {
        Queue = [new Copy(0), new Copy(0)],
        Lookup = LookupBeforeResend.EveryCreate,
        LosesOnlyOldRecords = true,
        ListLags = true,
        SameContent = false,
        Budget = new() { Crashes = 1, Timeouts = 1, Losses = 1, Finishes = 1 },
    };

    public static readonly Scenario NoMetadata = new("Didit keeps no metadata, and hands a session back once it has its URL")
    {
        Queue = [new Copy(0), new Copy(0)],
        KeepsMetadata = false,
        Reuses = true,
        UrlLags = true,
        ListLags = true,
        SameContent = false,
        Budget = new() { Crashes = 1, Timeouts = 1 },
    };

    public static readonly Scenario Excluded = new("the operator excludes a session that no message made, and replays")
    {
        Queue = [new Copy(0), new Copy(0)],
        HasForeignSession = true,
        ListLags = true,
        SameContent = false,
        Budget = new() { Crashes = 1, Timeouts = 1, Replays = 1, Exclusions = 1, Finishes = 1 },
    };

    public static readonly Scenario HeaderHonoured = new("Redis loses data, duplicates at once, Didit honours the header")
    {
        Queue = [new Copy(0), new Copy(0)],
        Header = Header.Honoured,
        SameContent = false,
        Budget = new() { Crashes = 1, Timeouts = 1, Losses = 1, Failovers = 1 },
    };

    public static readonly Scenario HeaderConflicts = new("Didit answers repeats with 409")
    {
        Queue = [new Copy(0), new Copy(0)],
        Header = Header.Conflict,
        Lookup = LookupBeforeResend.OutsideWindow,
        Budget = new() { Crashes = 1, Timeouts = 2, Finishes = 1 },
    };

    public static readonly Scenario Window = new("the window passes, old duplicates and replays")
    {
        Workers = 2,
        Queue = [new Copy(0), new Copy(0)],
        MaximumAttempts = 2,
        OthersSucceed = true,
        SameContent = false,
        Budget = new() { Crashes = 1, Timeouts = 2, Windows = 1, Replays = 1, Finishes = 1 },
    };

    public static readonly Scenario Resends = new("the header is trusted inside the window")
    {
        Queue = [new Copy(0), new Copy(0)],
        Header = Header.Honoured,
        Lookup = LookupBeforeResend.OutsideWindow,
        SameContent = false,
        Budget = new() { Crashes = 1, Timeouts = 1, Windows = 1, Finishes = 1 },
    };

    public static readonly Scenario TimesUnknown = new("the header is trusted, messages do not say when they were published")
    {
        Workers = 1,
        Queue = [new Copy(0, Published: -1), new Copy(0, Published: -1)],
        Header = Header.Honoured,
        Lookup = LookupBeforeResend.OutsideWindow,
        ListLags = true,
        SameContent = false,
        Budget = new() { Crashes = 1, Timeouts = 1, Windows = 1, Finishes = 1 },
    };

    public static readonly Scenario Proceeds = new("Redis goes away under Proceed, one delivery at a time")
    {
        Workers = 1,
        WhenRedisUnavailable = WhenRedisUnavailable.Proceed,
        ListLags = true,
        SameContent = false,
        Budget = new() { Crashes = 2, Timeouts = 2, Outages = 2, NotSent = 1, Finishes = 1 },
    };

    public static readonly Scenario Waits = new("Redis goes away under Wait")
    {
        Queue = [new Copy(0), new Copy(0)],
        ListLags = true,
        Budget = new() { Crashes = 1, Timeouts = 1, Outages = 2, Finishes = 1 },
    };

    public static readonly Scenario OtherPayload = new("another payload under the same id")
    {
        Queue = [new Copy(0), new Copy(0, Fingerprint: 1)],
        Budget = new() { Crashes = 2, Timeouts = 1, Finishes = 1 },
    };

    public static readonly Scenario Refusals = new("Didit may refuse, and attempts run out")
    {
        Queue = [new Copy(0), new Copy(0)],
        Refuses = true,
        MaximumAttempts = 2,
        OthersSucceed = true,
        Budget = new() { Crashes = 1, Timeouts = 2, NotSent = 1 },
    };

    public static readonly Scenario AskedAgain = new("what Didit refused is replayed, and Didit is asked again")
    {
        Queue = [new Copy(0), new Copy(0)],
        Refuses = true,
        Budget = new() { Crashes = 1, Timeouts = 1, Replays = 1 },
    };

    public static readonly Scenario Deadlines = new("a deadline passes")
    {
        Queue = [new Copy(0), new Copy(0)],
        HasDeadline = true,
        ListLags = true,
        ReleasesApart = true,
        Budget = new() { Crashes = 1, Timeouts = 1, Pauses = 1 },
    };

    public static readonly Scenario TrustedDeadlines = new("a deadline passes, the header is trusted inside the window")
    {
        Queue = [new Copy(0), new Copy(0)],
        HasDeadline = true,
        Header = Header.Honoured,
        Lookup = LookupBeforeResend.OutsideWindow,
        Budget = new() { Crashes = 1, Timeouts = 1, NotSent = 1 },
    };

    public static readonly IReadOnlyList<Scenario> Promised =
    [
        Faults, Returns, ThreeWorkers, Cuts, Leases, NextTries, TwoMessages, DataLoss, Wiped, EveryCreate, NoMetadata, HeaderHonoured,
            HeaderConflicts, Window,
        Excluded, Resends, TimesUnknown, Proceeds, Waits, OtherPayload, Refusals, AskedAgain,
            Deadlines, TrustedDeadlines,
    ];
}
