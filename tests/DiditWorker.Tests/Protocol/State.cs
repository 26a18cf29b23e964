using DiditWorker.Protocol;

namespace DiditWorker.Tests.Protocol;

/// <summary>Everything at one moment. Time is three things only: the era (the window passes once), live leases, and what is recent.</summary>
internal sealed record State(Seq<Copy> Queue, Seq<Slot> Slots, Budget Left)
{
    public Seq<Work> Works { get; init; }

    public Seq<Session> Sessions { get; init; }

    /// <summary>Requests whose sender gave up or died: Didit may still process them, until the look-up delay has passed.</summary>
    public Seq<int> Orphans { get; init; }

    public Seq<Published> Answers { get; init; }

    /// <summary>Messages of which a copy was acknowledged.</summary>
    public Seq<int> Acked { get; init; }

    /// <summary>The error queue.</summary>
    public Seq<Copy> Parked { get; init; }

    public bool RedisDown { get; init; }

    public int Era { get; init; }

    public bool IsQuiet => Queue.Count == 0 && Works.Count == 0;

    public State With(Work work) => this with { Works = Works.Set(IndexOf(work.Owner), work) };

    public State Without(Work work) => this with { Works = Works.RemoveAt(IndexOf(work.Owner)) };

    /// <summary>Sorted, since the order of a queue with redeliveries means nothing.</summary>
    public State Enqueue(Copy copy) => this with { Queue = [.. Queue.Append(copy).OrderBy(Copy.Rank)] };

    private int IndexOf(int owner)
    {
        for (var i = 0; i < Works.Count; i++)
        {
            if (Works[i].Owner == owner)
            {
                return i;
            }
        }

        throw new InvalidOperationException("no such delivery");
    }
}

/// <summary>A copy of a message in a queue.</summary>
/// <param name="Message">Which one.</param>
/// <param name="Fingerprint">0: the payload that was published; 1: another one under the same id.</param>
/// <param name="Flagged">Redelivered, or replayed.</param>
/// <param name="Published">In which era; -1: it does not say.</param>
internal readonly record struct Copy(int Message, int Fingerprint = 0, bool Flagged = false, int Published = 0)
{
    /// <summary>Any order will do, as long as it is one.</summary>
    public static (int, int, bool, int) Rank(Copy copy) => (copy.Message, copy.Fingerprint, copy.Flagged, copy.Published);
}

/// <summary>What one key of Redis holds, and what a replica that is one write behind holds.</summary>
internal readonly record struct Slot(ModelRecord? Record, ModelRecord? Stale);

/// <summary>
/// A record, with times reduced to what the protocol reads from them: whether the lease is live, whether the latest attempt was less than a
/// look-up delay ago, and the era of the first one.
/// </summary>
internal sealed record ModelRecord(RecordState State, int Fingerprint, int Owner, bool Live, bool Recent, int First, int Attempts)
{
    public Payload? Payload { get; init; }

    public bool HasTtl { get; init; } = true;
}

/// <summary>What an answer says: the session, and by whose reading of it, since two readings differ in details such as the time.</summary>
internal readonly record struct Payload(int Session, int ReadBy);

/// <summary>
/// A session at Didit: for the message whose create made it or got it handed back last; with the key in its metadata, and the one under which
/// Didit remembers it for the header (-1: none); and the era in which it was made.
/// </summary>
internal readonly record struct Session(int For, int Key, int HeaderKey, bool Finished, bool Listed, int Made);

/// <summary>An answer that was published.</summary>
internal readonly record struct Published(int Message, int Fingerprint, Verdict Verdict, Payload? Payload, int MessageId);

internal enum Verdict
{
    Created,
    Refused,
    Mismatch,
    Parked,
}

internal enum Phase
{
    Claim,
    WriteClaim,
    Look,
    LookAgain,
    Send,
    Out,
    Complete,
    Publish,
    End,
}

internal enum Reply
{
    None,
    Created,
    Refused,
    Conflict,
}

/// <summary>One delivery at work, as <c>VerificationFlow</c> and <c>KeyWork</c> carry it.</summary>
internal sealed record Work(int Owner, Copy Copy, int Key)
{
    public Phase Phase { get; init; }

    /// <summary>The broker has given the message to somebody else; this one goes on without knowing.</summary>
    public bool TakenBack { get; init; }

    public bool MaybeAttempted { get; init; }

    /// <summary>Redelivered less than a look-up delay ago.</summary>
    public bool IsNewRedelivery { get; init; }

    public bool SentRecently { get; init; }

    public bool Conflicted { get; init; }

    // What follows is of the current round only.
    public bool Available { get; init; }

    /// <summary>Era of the first attempt, as far as it knows.</summary>
    public int First { get; init; }

    /// <summary>Planted: what it has read and will overwrite.</summary>
    public ModelRecord? Read { get; init; }

    /// <summary>Whether it takes its lease for live without asking.</summary>
    public bool TrustsLease { get; init; }

    /// <summary>Whether what it looks for could be too recent for Didit's list.</summary>
    public bool LooksTwice { get; init; }

    public bool MustWait { get; init; }

    public bool SentInThisAttempt { get; init; }

    public Reply Reply { get; init; }

    public Verdict Verdict { get; init; }

    public Payload? Answer { get; init; }

    /// <summary>Takes down what the attempt left behind, and asks again from the start.</summary>
    public Work Again(bool maybeSent = false) => new(Owner, Copy, Key)
    {
        TakenBack = TakenBack,
        MaybeAttempted = MaybeAttempted || maybeSent,
        IsNewRedelivery = IsNewRedelivery,
        SentRecently = SentRecently || maybeSent,
        Conflicted = Conflicted,
    };
}

/// <summary>How often each thing may still happen.</summary>
internal readonly record struct Budget
{
    public int Crashes { get; init; }

    public int Stops { get; init; }

    public int Cuts { get; init; }

    public int Timeouts { get; init; }

    public int NotSent { get; init; }

    public int Finishes { get; init; }

    public int Windows { get; init; }

    public int Losses { get; init; }

    public int Failovers { get; init; }

    public int LostReplies { get; init; }

    public int Outages { get; init; }

    public int Replays { get; init; }
}
