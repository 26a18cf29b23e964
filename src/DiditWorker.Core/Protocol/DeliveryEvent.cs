namespace DiditWorker.Protocol;

/// <summary>What happened to a delivery.</summary>
public enum EventKind
{
    /// <summary>It came.</summary>
    Delivered,

    /// <summary>Redis was asked for its key: <see cref="DeliveryEvent.Memory"/>.</summary>
    Claimed,

    /// <summary>The record is of a newer worker, of another key file, or damaged.</summary>
    RecordUnreadable,

    /// <summary>It may send requests of the kind that it wanted to send.</summary>
    Entered,

    /// <summary>Requests of that kind pause.</summary>
    TurnedAway,

    /// <summary>Didit was asked for its session: <see cref="DeliveryEvent.Match"/>.</summary>
    LookedUp,

    /// <summary>
    /// A request failed, or a create was answered: <see cref="DeliveryEvent.Reply"/> and <see cref="DeliveryEvent.Verdict"/>.
    /// </summary>
    Replied,

    /// <summary>Nothing was sent, or given back: another owner has the key, or nobody has.</summary>
    LeaseLost,

    /// <summary>Nothing was sent, or given back: Redis cannot be asked.</summary>
    LeaseUnknown,

    /// <summary>
    /// Nothing was sent: Didit might have forgotten the key before the request is done, or the deadline is over.
    /// </summary>
    TooLate,

    /// <summary>The answer stands in the record.</summary>
    Stored,

    /// <summary>The answer may not be used: another owner has taken over.</summary>
    Fenced,

    /// <summary>The answer could not be stored: Redis is away.</summary>
    NotStored,

    /// <summary>The key was given back.</summary>
    Released,

    /// <summary>It has waited.</summary>
    Waited,

    /// <summary>The worker stops, or has lost the broker. No request is under way.</summary>
    Stopping,
}

/// <summary>Something that happened to a delivery.</summary>
/// <param name="Kind">What.</param>
/// <param name="Now">When, by the clock of this host.</param>
public sealed record DeliveryEvent(EventKind Kind, DateTimeOffset Now)
{
    /// <summary>With <see cref="EventKind.Claimed"/>.</summary>
    public Memory Memory { get; init; } = Memory.Unavailable;

    /// <summary>With <see cref="EventKind.LookedUp"/>.</summary>
    public SessionMatch? Match { get; init; }

    /// <summary>With <see cref="EventKind.LookedUp"/> of a session to adopt.</summary>
    public DiditSession? Session { get; init; }

    /// <summary>With <see cref="EventKind.Replied"/>.</summary>
    public DiditReply? Reply { get; init; }

    /// <summary>With <see cref="EventKind.Replied"/>.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>With <see cref="EventKind.Stopping"/>: which of the two it is, for people.</summary>
    public string? Why { get; init; }
}
