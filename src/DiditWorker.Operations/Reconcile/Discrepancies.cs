using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Reconcile;

/// <summary>In what Didit's list and the records differ.</summary>
internal enum DiscrepancyKind
{
    /// <summary>A session of a key that has another one.</summary>
    SecondSession,

    /// <summary>A session with a key that no record names.</summary>
    Orphan,

    /// <summary>A session that a record names and Didit does not know.</summary>
    Missing,

    /// <summary>A session without a key on one of our workflows.</summary>
    WithoutKey,

    /// <summary>An unfinished session that ends soon.</summary>
    NearEnd,
}

/// <summary>One of them.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Session">Didit's id of the session.</param>
/// <param name="Key">Of its request; null without one.</param>
internal sealed record Discrepancy(DiscrepancyKind Kind, string Session, IdempotencyKey? Key)
{
    /// <summary>Didit's words; null where it does not know it.</summary>
    public string? Status { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Of a second session: the other one of its key.</summary>
    public string? Answer { get; init; }

    /// <summary>Of a second session: whether a record names the other one.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>One that Didit lists.</summary>
    public static Discrepancy Of(DiscrepancyKind kind, FoundSession session, IdempotencyKey? key) =>
        new(kind, session.Id, key) { Status = session.Status, Created = session.CreatedAt };
}

/// <summary>What a reconciliation has found so far. All are counted; of each kind the first are kept.</summary>
internal sealed class Discrepancies
{
    /// <summary>How many of a kind are kept.</summary>
    public const int MaxKept = 10_000;

    private readonly Dictionary<DiscrepancyKind, long> _counts = [];
    private readonly List<Discrepancy> _kept = [];

    /// <summary>Sessions of the period that Didit lists.</summary>
    public long Sessions { get; set; }

    /// <summary>Records that are answered with one of the period.</summary>
    public long Answered { get; set; }

    /// <summary>Sessions of a request that is being worked on.</summary>
    public long UnderWay { get; set; }

    /// <summary>Sessions of which a person has said that they are not its own (<c>keys exclude</c>).</summary>
    public long Excluded { get; set; }

    /// <summary>Sessions with a key that were made before the records begin.</summary>
    public long BeforeRecords { get; set; }

    /// <summary>Sessions that a record names, and Didit knows but does not list in the period.</summary>
    public long NotListed { get; set; }

    /// <summary>Records that are named by nothing that Didit lists, and were too many to ask for each.</summary>
    public long NotAskedFor { get; set; }

    /// <summary>Records that cannot be read.</summary>
    public long Unreadable { get; set; }

    /// <summary>Why Didit shows no business sessions; null if it does.</summary>
    public string? BusinessNote { get; set; }

    /// <summary>Those that are kept.</summary>
    public IReadOnlyList<Discrepancy> Kept => _kept;

    /// <summary>How many there are of a kind.</summary>
    public long this[DiscrepancyKind kind] => _counts.GetValueOrDefault(kind);

    /// <summary>Adds one.</summary>
    public void Add(Discrepancy one)
    {
        _counts[one.Kind] = this[one.Kind] + 1;
        if (_counts[one.Kind] <= MaxKept)
        {
            _kept.Add(one);
        }
    }

    /// <summary>Takes one out that was deleted.</summary>
    public void Remove(Discrepancy one)
    {
        _kept.Remove(one);
        _counts[one.Kind]--;
    }

    /// <summary>The counts, to be shown by the workers.</summary>
    public ReconciliationResult Result(Period period, DateTimeOffset now) => new()
    {
        At = now,
        Since = period.Since,
        Until = period.Until,
        Sessions = Sessions,
        Answered = Answered,
        SecondSessions = this[DiscrepancyKind.SecondSession],
        Orphans = this[DiscrepancyKind.Orphan],
        Missing = this[DiscrepancyKind.Missing],
        WithoutKey = this[DiscrepancyKind.WithoutKey],
        NearEnd = this[DiscrepancyKind.NearEnd],
    };
}
