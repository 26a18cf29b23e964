namespace DiditWorker.Protocol;

/// <summary>
/// When earlier attempts at a request could have been. A look-up waits for Didit's list to catch up with the latest of them, and takes no
/// session for the request's own that is older than the first. Pure.
/// </summary>
internal static class EarlierAttempts
{
    /// <summary>The latest one possible; none if nothing suggests one.</summary>
    /// <param name="memory">What Redis said. Its record's times are Redis' own, so only their age counts, by the clock of Redis.</param>
    /// <param name="lastSent">When this delivery last sent something without a clear reply.</param>
    /// <param name="redelivered">When this delivery came, if the message had been delivered before: Redis may have lost what that one wrote.</param>
    /// <param name="now">By the clock of this host.</param>
    public static DateTimeOffset? Latest(Memory memory, DateTimeOffset? lastSent, DateTimeOffset? redelivered, DateTimeOffset now)
    {
        // No source may hide a later one: another delivery may have sent after our last request, or after what the record says. A Redis that lost
        // everything may have forgotten an attempt up to the moment since when it remembers.
        var recordedAgo = memory.At - MeantTime.Latest(MeantTime.Latest(memory.Record?.LeaseUntil, memory.Record?.LastAttempt), memory.Horizon);
        return MeantTime.Latest(MeantTime.Latest(lastSent, now - recordedAgo), redelivered);
    }

    /// <summary>The earliest one possible, less <paramref name="margin"/>; none if unknown.</summary>
    /// <param name="memory">What Redis said.</param>
    /// <param name="published">When the message says that it was published; far ahead of <paramref name="now"/> it says nothing.</param>
    /// <param name="margin">How far clocks may differ.</param>
    /// <param name="now">By the clock of this host.</param>
    public static DateTimeOffset? NotBefore(Memory memory, DateTimeOffset? published, TimeSpan margin, DateTimeOffset now)
    {
        var believable = MeantTime.Believable(published, margin, now);
        return (memory.Record?.FirstAttempt < believable ? memory.Record.FirstAttempt : believable) - margin;
    }
}
