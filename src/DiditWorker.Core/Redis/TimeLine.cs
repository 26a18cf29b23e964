namespace DiditWorker.Redis;

/// <summary>
/// Evenly spaced places on one time line, handed out when they are due (GCRA, ITU-T I.371 annex A): what <c>ratelimit.lua</c> keeps in
/// Redis, for a replica that is without it. All times are microseconds.
/// </summary>
/// <remarks>
/// Why no 60 seconds see more than the rate. The k-th place after another one is at least k intervals less the tolerance later, and a
/// request reaches Didit at most some delay after its place: it waits for a timer, a reply and a network. So a window of 60 s [t, t +
/// 60 s) holds fewer than (60 s + tolerance + delay) / interval + 1 requests. That is at most the rate R if 60 s + tolerance + delay
/// &lt;= R intervals. The worker asks for 0.985 R a minute, so R intervals are 60 s / 0.985 = 60.914 s, whatever R is: 1 a minute, or
/// 10,000,000. The tolerance takes 0.3 s of that, and 0.6 s are left for the delay.
/// </remarks>
internal sealed class TimeLine
{
    /// <summary>A place that was asked for later than it was due is not lost up to this: timers are late. 300 ms.</summary>
    public const double Tolerance = 300_000;

    /// <summary>A place that was given to nobody for this long is given up: it would reach Didit too late. 300 ms.</summary>
    public const double MaxDelay = 300_000;

    /// <summary>The clock counts in steps of this: what is due within one is due. 100 ns.</summary>
    public const double Step = 0.1;

    // Nobody has asked for so long that idle time would be saved up. In Redis the key is gone then.
    private const double Idle = 1_000_000;

    private double _next = double.NegativeInfinity;

    /// <summary>Takes so many places at once if the first of them is due, else none.</summary>
    /// <param name="now">The time.</param>
    /// <param name="interval">Between two places.</param>
    /// <param name="places">How many; 0 only looks.</param>
    public Places Take(double now, double interval, int places)
    {
        var next = _next < now - Idle ? now : _next;
        if (next > now + Step || places == 0)
        {
            return new(0, next, interval, now);
        }

        var first = Math.Max(next, now - Tolerance);
        _next = first + (interval * places);
        return new(places, first, interval, now);
    }

    /// <summary>No place before this time.</summary>
    public void MoveTo(double time) => _next = Math.Max(_next, time);
}

/// <summary>Places that were granted, or when it is worth asking again.</summary>
/// <param name="Left">How many are left; 0: none was granted.</param>
/// <param name="Next">When the next of them is due (microseconds), or when to ask again.</param>
/// <param name="Interval">Between two of them (microseconds).</param>
/// <param name="At">When this was learnt (microseconds). The first one may have been due before.</param>
/// <param name="LineAfter">What the time line in Redis was after the grant; null: this replica keeps it by itself.</param>
internal readonly record struct Places(int Left, double Next, double Interval, double At = 0, string? LineAfter = null)
{
    /// <summary>Without the next one.</summary>
    public Places Rest() => this with { Left = Left - 1, Next = Next + Interval };

    /// <summary>Without those that were there, and due, before this time.</summary>
    public Places Since(double time)
    {
        var late = Left > 0 && At < time && Next < time ? (int)Math.Min(Left, Math.Ceiling((time - Next) / Interval)) : 0;
        return this with { Left = Left - late, Next = Next + (late * Interval) };
    }

    /// <inheritdoc />
    public override string ToString() => nameof(Places);
}
