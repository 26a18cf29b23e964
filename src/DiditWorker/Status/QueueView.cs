using DiditWorker.Redis;

namespace DiditWorker.Status;

/// <summary>One queue, as the broker tells it; part of <c>/status.json</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Messages">Ready, not those that a consumer holds.</param>
/// <param name="Consumers">How many there are.</param>
public sealed record QueueDepth(string Name, long Messages, long Consumers)
{
    /// <summary>
    /// Worked on or held by this worker, and not acknowledged yet; the broker may have sent it more, up to its prefetch count. How many
    /// other consumers hold the broker does not tell over AMQP.
    /// </summary>
    public long Held { get; init; }
}

/// <summary>Dead letters of one group in one queue.</summary>
/// <param name="Queue">Which queue.</param>
/// <param name="Group">One of <see cref="DeadLetterGroups"/>.</param>
/// <param name="Count">How many.</param>
/// <param name="WindowEnds">When the window of the oldest one ends; null if unknown.</param>
public sealed record GroupDepth(string Queue, string Group, long Count, DateTimeOffset? WindowEnds);

/// <summary>The worker's queues at one moment.</summary>
/// <param name="At">When.</param>
/// <param name="Queues">Input, error and skipped queue; one that does not exist (yet) is missing.</param>
/// <param name="Groups">What the dead letters are; null if Redis could not be asked.</param>
public sealed record QueueView(DateTimeOffset At, IReadOnlyList<QueueDepth> Queues, IReadOnlyList<GroupDepth>? Groups)
{
    /// <summary>
    /// Whether the broker hands out urgent messages first (RabbitMQ docs, "Quorum Queues", message priorities: from 4.0 on).
    /// </summary>
    public bool BrokerSorts { get; init; }
}
