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
    private readonly Lock gate = new();
    private readonly Queue<DateTimeOffset> taken = new();

    /// <summary>Takes one place if there is one. A limit lowered meanwhile counts those taken before.</summary>
    public RateVerdict Take(int limit, DateTimeOffset now)
    {
        lock (gate)
        {
            while (taken.TryPeek(out var oldest) && now - oldest >= Length)
            {
                taken.Dequeue();
            }

            var allowed = taken.Count < limit;
            if (allowed)
            {
                taken.Enqueue(now);
            }

            var free = taken.ElementAt(Math.Max(0, taken.Count - limit)) + Length;
            return new RateVerdict(allowed, limit, Math.Max(0, limit - taken.Count), free, free - now);
        }
    }
}
