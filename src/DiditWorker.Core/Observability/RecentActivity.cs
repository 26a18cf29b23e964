namespace DiditWorker.Observability;

/// <summary>How one delivery ended that was parked or failed.</summary>
/// <param name="At">When.</param>
/// <param name="Outcome">One of <see cref="DeliveryOutcomes"/>.</param>
/// <param name="Why">Code of the rejection or name of the exception.</param>
/// <param name="Key">Its key; null if it has none.</param>
public sealed record RecentError(DateTimeOffset At, string Outcome, string Why, string? Key);

/// <summary>What this worker did in the last minutes, in memory, for people who look at it. Thread-safe.</summary>
public sealed class RecentActivity(TimeProvider time)
{
    /// <summary>Minutes that are kept, the current one included.</summary>
    public const int Minutes = 15;

    private const int Errors = 20;
    private readonly Lock _lock = new();
    private readonly Queue<(long Minute, Dictionary<string, long> Counts)> _minutes = new();
    private (long Minute, Dictionary<string, long> Counts) _current = (long.MinValue, []);
    private readonly Queue<RecentError> _errors = new();
    private readonly (long Second, long Count)[] _creates = new (long, long)[60];
    private long _active;

    /// <summary>Those of them whose attempts have failed so far.</summary>
    public RetriedMessages Retried { get; } = new();

    /// <summary>Deliveries that are worked on or held now.</summary>
    public long Active => Interlocked.Read(ref _active);

    /// <summary>A delivery was taken.</summary>
    public void Began() => Interlocked.Increment(ref _active);

    /// <summary>It left the worker.</summary>
    public void Left() => Interlocked.Decrement(ref _active);

    /// <summary>A delivery ended.</summary>
    /// <param name="outcome">One of <see cref="DeliveryOutcomes"/>.</param>
    /// <param name="error">Where it was parked or failed.</param>
    public void Ended(string outcome, RecentError? error)
    {
        lock (_lock)
        {
            var now = Minute(time.GetUtcNow());
            if (_current.Minute != now)
            {
                _current = (now, DeliveryOutcomes.All.ToDictionary(o => o, _ => 0L, StringComparer.Ordinal));
                _minutes.Enqueue(_current);
                Trim(_minutes, Minutes);
            }

            _current.Counts[outcome]++;
            if (error is not null)
            {
                _errors.Enqueue(error);
                Trim(_errors, Errors);
            }
        }
    }

    /// <summary>A create was sent to Didit.</summary>
    public void CreateSent()
    {
        var second = time.GetUtcNow().ToUnixTimeSeconds();
        lock (_lock)
        {
            ref var slot = ref _creates[second % _creates.Length];
            slot = (second, slot.Second == second ? slot.Count + 1 : 1);
        }
    }

    /// <summary>Creates sent in the last 60 seconds.</summary>
    public long CreatesLastMinute()
    {
        var from = time.GetUtcNow().ToUnixTimeSeconds() - _creates.Length;
        lock (_lock)
        {
            return _creates.Where(slot => slot.Second > from).Sum(slot => slot.Count);
        }
    }

    /// <summary>By minute, the oldest first, the current one last; a minute without deliveries is there too.</summary>
    public IReadOnlyList<(DateTimeOffset At, IReadOnlyDictionary<string, long> Counts)> ByMinute()
    {
        lock (_lock)
        {
            var now = Minute(time.GetUtcNow());
            return [.. Enumerable.Range(0, Minutes).Select(i => now - Minutes + 1 + i).Select(minute =>
                (DateTimeOffset.FromUnixTimeSeconds(minute * 60), (IReadOnlyDictionary<string, long>)CountsOf(minute)))];
        }
    }

    /// <summary>The latest, newest first.</summary>
    public IReadOnlyList<RecentError> LatestErrors()
    {
        lock (_lock)
        {
            return [.. _errors.Reverse()];
        }
    }

    private Dictionary<string, long> CountsOf(long minute) =>
        _minutes.FirstOrDefault(m => m.Minute == minute).Counts is { } counts
            ? new Dictionary<string, long>(counts, StringComparer.Ordinal)
            : DeliveryOutcomes.All.ToDictionary(o => o, _ => 0L, StringComparer.Ordinal);

    private static long Minute(DateTimeOffset at) => at.ToUnixTimeSeconds() / 60;

    private static void Trim<T>(Queue<T> queue, int length)
    {
        while (queue.Count > length)
        {
            queue.Dequeue();
        }
    }
}
