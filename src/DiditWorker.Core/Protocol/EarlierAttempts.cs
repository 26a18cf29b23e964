namespace DiditWorker.Protocol;

/// <summary>
/// When earlier attempts at a request could have been. A look-up waits for Didit's list to catch up with the latest of them, and takes no
/// session for the request's own that is older than the first. Pure.
/// </summary>
internal static class EarlierAttempts
{
    /// <summary>The latest one possible; null if nothing suggests one.</summary>
    /// <param name="memory">What Redis said. Its record's times are Redis' own, so only their age counts, by the clock of Redis.</param>
    /// <param name="lastSent">When this delivery last sent something without a clear reply.</param>
    /// <param name="redelivered">
    /// When this delivery came, if the message had been delivered before: Redis may have lost what that one wrote.
    /// </param>
    /// <param name="now">By the clock of this host.</param>
    public static DateTimeOffset? Latest(Memory memory, DateTimeOffset? lastSent, DateTimeOffset? redelivered, DateTimeOffset now)
    {
        // No source may hide a later one: another delivery may have sent after our last request, or after what the record says. A Redis
        // that lost everything may have forgotten an attempt up to the moment since when it remembers.
        var recordedAt = MeantTime.Latest(memory.Record?.LeaseUntil, memory.Record?.LastAttempt);
        var recordedAgo = memory.At - MeantTime.Latest(recordedAt, memory.Horizon);
        var recorded = now - (recordedAgo < TimeSpan.Zero ? TimeSpan.Zero : recordedAgo);
        return MeantTime.Latest(MeantTime.Latest(lastSent, recorded), redelivered);
    }

    /// <summary>The earliest one possible, less <paramref name="margin"/>; null if unknown.</summary>
    /// <param name="memory">What Redis said.</param>
    /// <param name="published">When the message says that it was published; far ahead of <paramref name="now"/> it says nothing.</param>
    /// <param name="margin">How far clocks may differ.</param>
    /// <param name="now">By the clock of this host.</param>
    public static DateTimeOffset? NotBefore(Memory memory, DateTimeOffset? published, TimeSpan margin, DateTimeOffset now)
    {
        var believable = MeantTime.Believable(published, margin, now);
        return (memory.Record?.FirstAttempt < believable ? memory.Record.FirstAttempt : believable) - margin;
    }

    /// <summary>From when on a session that a look-up finds may be the request's own; null if unknown.</summary>
    /// <param name="memory">What Redis said.</param>
    /// <param name="published">When the message says that it was published.</param>
    /// <param name="settings">The window, its margin, and whether every create is looked up.</param>
    /// <param name="now">By the clock of this host.</param>
    public static DateTimeOffset? LookFrom(Memory memory, DateTimeOffset? published, ProtocolSettings settings, DateTimeOffset now)
    {
        // What nobody remembers may have been sent up to a window ago, although a repeat that was published again says that it is younger.
        var isForgotten = memory.Record is null
            && (settings.Lookup == LookupBeforeResend.EveryCreate || memory.MayHaveForgotten(settings.Window + settings.Margin));
        var windowAgo = now - settings.Window;
        var first = isForgotten && MeantTime.Believable(published, settings.Margin, now) > windowAgo ? windowAgo : published;
        return NotBefore(memory, first, settings.Margin, now);
    }
}
