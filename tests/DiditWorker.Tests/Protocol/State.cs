using DiditWorker.Protocol;

namespace DiditWorker.Tests.Protocol;

/// <summary>
/// Everything at one moment. Time is four things only: the era (the window passes once), what is left of leases, what is recent, and since
/// when Redis remembers.
/// </summary>
internal sealed record State(Seq<Copy> Queue, Seq<Slot> Slots, Budget Left)
{
    public Seq<Work> Works { get; init; }

    public Seq<Session> Sessions { get; init; }

    /// <summary>Requests whose sender gave up or died: Didit may still process them.</summary>
    public Seq<Orphan> Orphans { get; init; }

    public Seq<Published> Answers { get; init; }

    /// <summary>Messages of which a copy was acknowledged.</summary>
    public Seq<int> Acked { get; init; }

    /// <summary>The error queue.</summary>
    public Seq<Copy> Parked { get; init; }

    /// <summary>Sessions of which a person has said that they are not this message's.</summary>
    public Seq<(int Message, int Session)> Excluded { get; init; }

    public bool RedisDown { get; init; }

    public Horizon Horizon { get; init; }

    public int Era { get; init; }

    /// <summary>Whether the deadline of all messages is over.</summary>
    public bool IsLate { get; init; }

    public bool IsQuiet => Queue.Count == 0 && Works.Count == 0;

    public State With(Work work) => this with { Works = Works.Set(IndexOf(work.Owner), work) };

    public State Without(Work work) => this with { Works = Works.RemoveAt(IndexOf(work.Owner)) };

    /// <summary>Sorted, since the order of a queue with redeliveries means nothing.</summary>
    public State Enqueue(Copy copy) => this with { Queue = [.. Queue.Append(copy).OrderBy(Copy.Rank)] };

    /// <summary>What a write leaves: a replica may be one write behind.</summary>
    public State Write(int key, ModelRecord? after) => Slots[key].Record == after
        ? this
        : this with { Slots = Slots.Set(key, new(after, Left.Failovers > 0 ? Slots[key].Record : null)) };

    /// <summary>A part of each lease on this key is over, in Redis and by the belief of its owner; null: that cannot be now.</summary>
    public State? Ticked(int key, Scenario scenario)
    {
        // A request is never started that could outlive what its owner believes: Lease.EnsureAsync sees to that, unless it is a planted
        // mistake.
        // Nor one that could outlive its lease in Redis.
        var record = Slots[key].Record;
        if (record is { Lease: 1 } && Orphans.Any(o => o.Key == key && o.Early))
        {
            return null;
        }

        var held = record is { Live: true } || Works.Any(w => w.Key == key && w.Belief > 0);
        if (!held || Works.Any(w => w.Key == key && w is { Request: Request.Out, Belief: 1 } && !scenario.Has(Mistake.LeaseNotKept)))
        {
            return null;
        }

        var after = record is not { Live: true } ? record
            : record with { Lease = record.Lease - 1, Recent = record.Recent || record.Lease == 1 };
        return this with
        {
            Slots = Slots.Set(key, Slots[key] with { Record = after }),
            Works = Works.Map(w => w.Key == key && w.Belief > 0 ? w with { Belief = w.Belief - 1 } : w),
        };
    }

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

/// <summary>A request that nobody waits for any more.</summary>
/// <param name="Key">Of which message.</param>
/// <param name="Early">Before its time-out: Didit may take longer than a look-up delay. Else it is done within that.</param>
internal readonly record struct Orphan(int Key, bool Early)
{
    /// <summary>Any order will do, as long as it is one.</summary>
    public static (int, bool) Rank(Orphan orphan) => (orphan.Key, orphan.Early);
}

/// <summary>Since when Redis remembers.</summary>
internal enum Horizon
{
    /// <summary>For more than a window.</summary>
    Old,

    /// <summary>The marker is gone: from the next claim on.</summary>
    Missing,

    /// <summary>For less than a look-up delay.</summary>
    New,

    /// <summary>For less than a window.</summary>
    Young,
}

/// <summary>A copy of a message in a queue.</summary>
/// <param name="Message">Which one.</param>
/// <param name="Fingerprint">0: the payload that was published; 1: another one under the same id.</param>
/// <param name="Flagged">Redelivered, or replayed.</param>
/// <param name="Published">In which era; -1: it does not say.</param>
internal readonly record struct Copy(int Message, int Fingerprint = 0, bool Flagged = false, int Published = 0)
{
    /// <summary>By an operator, where that makes a difference.</summary>
    public bool Replayed { get; init; }

    /// <summary>Any order will do, as long as it is one.</summary>
    public static (int, int, bool, int, bool) Rank(Copy copy) =>
        (copy.Message, copy.Fingerprint, copy.Flagged, copy.Published, copy.Replayed);
}

/// <summary>What one key of Redis holds, and what a replica that is one write behind holds.</summary>
internal readonly record struct Slot(ModelRecord? Record, ModelRecord? Stale);

/// <summary>
/// A record, with times reduced to what the protocol reads from them: how many ticks the lease has left, whether the latest attempt was
/// less than a look-up delay ago, and the era of the first one.
/// </summary>
internal sealed record ModelRecord(RecordState State, int Fingerprint, int Owner, int Lease, bool Recent, int First, int Attempts)
{
    public Payload? Payload { get; init; }

    public bool HasTtl { get; init; } = true;

    /// <summary>The number of the failure after which the next try is not due yet; 0: it is due.</summary>
    public int NotDueAfter { get; init; }

    public bool Live => Lease > 0;
}

/// <summary>What an answer says: the session, and by whose reading of it, since two readings differ in details such as the time.</summary>
internal readonly record struct Payload(int Session, int ReadBy);

/// <summary>
/// A session at Didit: for the message whose create made it or got it handed back last; with the key in its metadata, and the one under
/// which Didit remembers it for the header (-1: none); and the era in which it was made. Didit hands it back, and answers its create, once
/// it has its URL.
/// </summary>
internal readonly record struct Session(int For, int Key, int HeaderKey, bool Finished, bool Listed, int Made, bool HasUrl = true);

/// <summary>An answer that was published.</summary>
internal readonly record struct Published(int Message, int Fingerprint, Said Said, Payload? Payload, int MessageId);

internal enum Said
{
    Created,
    Refused,
    Mismatch,
    Parked,
    Expired,
}
