namespace DiditWorker.Protocol;

/// <summary>Times that a message says: which of them anybody can mean.</summary>
public static class MeantTime
{
    // Didit's API of today is younger.
    private static readonly DateTimeOffset First = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// When the message was published, if that can be believed: a publisher's clock may be a little ahead, but a time far ahead says
    /// nothing.
    /// </summary>
    public static DateTimeOffset? Believable(DateTimeOffset? published, TimeSpan margin, DateTimeOffset now) =>
        Meant(published) - now > margin ? null : Meant(published);

    /// <summary>A time, unless nobody can mean it: one that was never set lies in the year 1, 1601, 1900 or 1970.</summary>
    public static DateTimeOffset? Meant(DateTimeOffset? time) => time < First ? null : time;

    /// <summary>The earlier of two times of which either may be unknown.</summary>
    public static DateTimeOffset? Earliest(DateTimeOffset? a, DateTimeOffset? b) => a < b || b is null ? a : b;

    /// <summary>The later of two times of which either may be unknown.</summary>
    public static DateTimeOffset? Latest(DateTimeOffset? a, DateTimeOffset? b) => a > b || b is null ? a : b;
}
