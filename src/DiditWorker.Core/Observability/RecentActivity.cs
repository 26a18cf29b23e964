using System.Collections.Concurrent;
using DiditWorker.Protocol;

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
    private const double NewestWeight = 0.1;
    private readonly Lock _lock = new();
    private readonly Queue<(long Minute, Dictionary<string, long> Counts)> _minutes = new();
    private (long Minute, Dictionary<string, long> Counts) _current = (long.MinValue, []);
    private readonly Queue<RecentError> _errors = new();
    private readonly (long Second, long Count)[] _creates = new (long, long)[60];
    private readonly ConcurrentDictionary<long, Precedence> _active = new();
    private long _sequence;
    private double _createSeconds = 1;

    /// <summary>Those of them whose attempts have failed so far.</summary>
    public RetriedMessages Retried { get; } = new();

    /// <summary>Deliveries that are worked on or held now.</summary>
    public long Active => _active.Count;

    /// <summary>A delivery was taken.</summary>
    /// <param name="urgency">AMQP's <c>priority</c>.</param>
    /// <param name="published">When; null or later than now: it waits since now.</param>
    /// <returns>For <see cref="Left"/>.</returns>
    public long Began(int urgency, DateTimeOffset? published)
    {
        var (ticket, now) = (Interlocked.Increment(ref _sequence), time.GetUtcNow());
        _active[ticket] = new(urgency, published < now ? published.Value : now);
        return ticket;
    }

    /// <summary>It left the worker.</summary>
    public void Left(long ticket) => _active.TryRemove(ticket, out _);

    /// <summary>How many urgent ones, or others, are worked on or held now, and for how long the first one waits.</summary>
    public (int Count, TimeSpan Longest) Waiting(bool urgent)
    {
        var (count, first) = (0, time.GetUtcNow());
        var now = first;
        foreach (var (_, precedence) in _active)
        {
            if (precedence.IsUrgent == urgent)
            {
                count++;
                first = precedence.Since < first ? precedence.Since : first;
            }
        }

        return (count, now - first);
    }

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

    /// <summary>About how long Didit takes for a create now; a second before there was one.</summary>
    public TimeSpan CreateDuration => TimeSpan.FromSeconds(Volatile.Read(ref _createSeconds));

    /// <summary>Didit has answered a create.</summary>
    public void CreateTook(TimeSpan duration)
    {
        lock (_lock)
        {
            _createSeconds += (duration.TotalSeconds - _createSeconds) * NewestWeight;
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
