using DiditWorker.Contracts;

namespace DiditWorker.Redis;

/// <summary>What dead letters are counted by: few enough for a label.</summary>
public static class DeadLetterGroups
{
    /// <summary>Messages of unknown types.</summary>
    public const string Skipped = "Skipped";

    /// <summary>
    /// Returned to the queue until a delivery limit: moved by the broker, or by the worker where the broker would drop it.
    /// </summary>
    public const string DeliveryLimit = "DeliveryLimit";

    /// <summary>
    /// Moved by the broker, unanswered: AMQP's <c>expiration</c> or a queue's TTL was over before a worker took it.
    /// </summary>
    public const string TimeToLive = "TimeToLive";

    /// <summary>Parked because of an error of the worker's own; <c>dead-letters list</c> names it.</summary>
    public const string Other = "Other";

    /// <summary>In the queue, but nobody counted them when they were parked: Redis was away, or another tool put them there.</summary>
    public const string Uncounted = "Uncounted";

    /// <summary>Those that messages are parked in by rule; any other is the name of an exception.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        RejectionCodes.InvalidMessage, RejectionCodes.PayloadMismatch, RejectionCodes.RefusedByDidit, RejectionCodes.AmbiguousSession,
        RejectionCodes.AttemptsExhausted, Skipped, DeliveryLimit, TimeToLive,
    ];

    /// <summary>The label for a group: one of the above, or a code of a rejection.</summary>
    public static string Of(string group) => Known.Contains(group, StringComparer.Ordinal) ? group : Other;
}
