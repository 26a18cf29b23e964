using System.Globalization;

namespace DiditWorker.Simulator.Memory;

/// <summary>The outcome of one look at a rate limit, as Didit's headers tell it.</summary>
internal readonly record struct RateVerdict(bool Allowed, int Limit, int Remaining, DateTimeOffset Reset, TimeSpan Wait)
{
    public IEnumerable<KeyValuePair<string, string>> Headers()
    {
        yield return new("X-RateLimit-Limit", Limit.ToString(CultureInfo.InvariantCulture));
        yield return new("X-RateLimit-Remaining", Remaining.ToString(CultureInfo.InvariantCulture));
        yield return new("X-RateLimit-Reset", Reset.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        if (!Allowed)
        {
            var seconds = Math.Max(1, (int)Math.Ceiling(Wait.TotalSeconds));
            yield return new("Retry-After", seconds.ToString(CultureInfo.InvariantCulture));
        }
    }
}

/// <summary>A rate limit over any 60 seconds, as Didit documents it.</summary>
internal sealed class SlidingWindow
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);
    private readonly Lock _gate = new();
    private readonly Queue<DateTimeOffset> _taken = new();

    /// <summary>Takes one place if there is one. A limit lowered meanwhile counts those taken before.</summary>
    public RateVerdict Take(int limit, DateTimeOffset now)
    {
        lock (_gate)
        {
            while (_taken.TryPeek(out var oldest) && now - oldest >= Length)
            {
                _taken.Dequeue();
            }

            var allowed = _taken.Count < limit;
            if (allowed)
            {
                _taken.Enqueue(now);
            }

            var free = _taken.ElementAt(Math.Max(0, _taken.Count - limit)) + Length;
            return new RateVerdict(allowed, limit, Math.Max(0, limit - _taken.Count), free, free - now);
        }
    }
}
