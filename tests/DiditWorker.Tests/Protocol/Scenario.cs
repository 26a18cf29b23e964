using DiditWorker.Protocol;

namespace DiditWorker.Tests.Protocol;

internal enum Header
{
    /// <summary>As Didit's error page says.</summary>
    Ignored,

    /// <summary>A repeat gets the original session.</summary>
    Honoured,

    /// <summary>A repeat gets a 409.</summary>
    Conflict,
}

/// <summary>A configuration of the model: what there is, what may happen and how often, and what is promised under it.</summary>
internal sealed record Scenario(string Name)
{
    public int Messages { get; init; } = 1;

    /// <summary>How many deliveries may be at work at once.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>What was published, duplicates included: they may be delivered at any time.</summary>
    public Seq<Copy> Queue { get; init; } = [new Copy(0)];

    public Budget Budget { get; init; }

    public Header Header { get; init; }

    /// <summary>Whether an unfinished session of the same person is handed back.</summary>
    public bool Reuses { get; init; }

    public bool KeepsMetadata { get; init; } = true;

    /// <summary>Whether Didit may refuse for good.</summary>
    public bool Refuses { get; init; }

    /// <summary>Whether Didit's list may lag behind by up to a look-up delay.</summary>
    public bool ListLags { get; init; }

    /// <summary>Whether a session gets its URL in a second step.</summary>
    public bool UrlLags { get; init; }

    /// <summary>Whether Redis loses only records of requests at which nobody works, and whose session Didit lists.</summary>
    public bool LosesOnlyOldRecords { get; init; }

    /// <summary>Whether there is a time after which no session is to be made. It may come between any two steps.</summary>
    public bool HasDeadline { get; init; }

    /// <summary>Whether each step of the protocol is taken twice, with and without what the model leaves out.</summary>
    public bool ChecksPlain { get; init; }

    /// <summary>Whether Didit may lag by more than that: beyond what is promised.</summary>
    public bool LagsLonger { get; init; }

    public LookupBeforeResend Lookup { get; init; } = LookupBeforeResend.Always;

    public WhenRedisUnavailable WhenRedisUnavailable { get; init; } = WhenRedisUnavailable.Wait;

    public int MaximumAttempts { get; init; } = 3;

    /// <summary>In how many parts a lease ends. With two, what its owner believes of it and what Redis knows can differ.</summary>
    public int LeaseTicks { get; init; } = 1;

    /// <summary>
    /// Whether anything may happen between a failure and the release of the key; else they are one step, which makes far fewer states.
    /// </summary>
    public bool ReleasesApart { get; init; }

    /// <summary>Whether the clock of who noted the next try is ahead, so that it is never due.</summary>
    public bool NextTryNeverDue { get; init; }

    /// <summary>Whether the person has a finished session that no message made, and that carries no key.</summary>
    public bool HasForeignSession { get; init; }

    /// <summary>Whether other messages may succeed meanwhile, so that a failure may count against this one.</summary>
    public bool OthersSucceed { get; init; }

    /// <summary>Whether all answers of a message are identical, not only of the same session.</summary>
    public bool SameContent { get; init; } = true;

    public Mistake Planted { get; init; }

    /// <summary>
    /// Whether the lease of who died is still there. Else nothing but the look-up delay is waited for, and Didit is taken to be done within
    /// it.
    /// </summary>
    public bool TrustsRedis => Budget is { Losses: 0, Wipes: 0, Failovers: 0 } && WhenRedisUnavailable == WhenRedisUnavailable.Wait;

    public bool Has(Mistake mistake) => Planted == mistake;

    public State Start() => new(
        [.. Queue.OrderBy(Copy.Rank)],
        // Two keys for each message where a replaced id leads to another key.
        [.. Enumerable.Repeat(default(Slot), Has(Mistake.KeyFromReplacedId) ? Messages * 2 : Messages)],
        Budget)
    {
        Sessions = HasForeignSession ? [new Session(For: -1, Key: -1, HeaderKey: -1, Finished: true, Listed: true, Made: 0)] : [],
    };

    /// <summary>What a delivery makes of a session. Who read it matters only where contents are compared.</summary>
    public Payload Read(int session, Work work) => new(session, SameContent ? work.Owner : -1);

    public ProtocolSettings Settings => new(ModelTime.Window, ModelTime.Margin, Lookup, WhenRedisUnavailable, MaximumAttempts)
    {
        LookupDelay = ModelTime.LookupDelay, LongestRequest = ModelTime.LongestRequest,
    };
}

/// <summary>What happened, and to what it led.</summary>
internal readonly record struct Step(string What, int Who, State Next)
{
    /// <summary>Redis itself lost or forgot something: the only steps after which an answered record may be gone.</summary>
    public bool LosesData { get; init; }

    /// <summary>A request went out for this message.</summary>
    public int? Sends { get; init; }
}
