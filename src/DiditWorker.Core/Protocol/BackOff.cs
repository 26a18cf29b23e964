namespace DiditWorker.Protocol;

/// <summary>How long a request that failed waits for its next attempt.</summary>
public static class BackOff
{
    /// <summary>What it grows to where failures do not count against the request: nobody knows whether it will ever work.</summary>
    public static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(5);

    /// <summary>What it grows to where they count, so that their number bounds the whole.</summary>
    public static readonly TimeSpan MaxCountedDelay = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);
    private const int MaxDoublings = 10;

    /// <summary>Half a second after the first attempt, then twice as long after each.</summary>
    /// <param name="attempts">How many there were.</param>
    /// <param name="counts">Whether the last failure counts.</param>
    public static TimeSpan Delay(int attempts, bool counts)
    {
        var longest = counts ? MaxCountedDelay : MaxDelay;
        var delay = First * (1 << (Math.Clamp(attempts, 1, MaxDoublings + 1) - 1));
        return delay < longest ? delay : longest;
    }
}
