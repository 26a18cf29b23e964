namespace DiditWorker.Observability;

/// <summary>
/// How a delivery ends: the label of <c>diditworker.deliveries</c>, the word in the log, on the span and on the status page.
/// </summary>
public static class DeliveryOutcomes
{
    /// <summary>A session was made for it.</summary>
    public const string Created = "created";

    /// <summary>Answered from the record.</summary>
    public const string Replayed = "replayed";

    /// <summary>Answered with a session that an earlier attempt had made.</summary>
    public const string Adopted = "adopted";

    /// <summary>Refused for good, and parked.</summary>
    public const string Rejected = "rejected";

    /// <summary>Parked, since only a person can decide.</summary>
    public const string Parked = "parked";

    /// <summary>Given back to the queue.</summary>
    public const string Waited = "waited";

    /// <summary>Parked because of an error of the worker's own.</summary>
    public const string Failed = "failed";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Created, Replayed, Adopted, Rejected, Parked, Waited, Failed];
}
