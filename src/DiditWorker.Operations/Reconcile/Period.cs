namespace DiditWorker.Operations.Reconcile;

/// <summary>The time in which the sessions were made that are looked at.</summary>
/// <param name="Since">Its begin, which belongs to it.</param>
/// <param name="Until">Its end, which does not.</param>
internal readonly record struct Period(DateTimeOffset Since, DateTimeOffset Until)
{
    /// <summary>Whether a session belongs to it; one of unknown age may.</summary>
    public bool Holds(DateTimeOffset? created) => created is null || (created >= Since && created < Until);

    /// <summary>A longer one around it.</summary>
    public Period With(TimeSpan margin) => new(Since - margin, Until + margin);
}
