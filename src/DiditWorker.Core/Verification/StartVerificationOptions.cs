using System.ComponentModel.DataAnnotations;

namespace DiditWorker.Verification;

/// <summary>Who makes the worker's exchanges, queues and bindings.</summary>
public enum Topology
{
    /// <summary>The worker, when it connects, and when it first publishes or parks.</summary>
    Declare,

    /// <summary>
    /// Somebody else, beforehand. The worker looks whether those are there that it reads from or writes to, so that its user needs no
    /// <c>configure</c> permission, which would also let it delete its queue.
    /// </summary>
    Expect,
}

/// <summary>Settings of section <c>StartVerification</c>.</summary>
public sealed record StartVerificationOptions
{
    /// <summary>Input queue; <c>_error</c> and <c>_skipped</c> are added for the others.</summary>
    /// <remarks>Allowed: 1 to 200 of <c>A-Za-z0-9-_.:</c>.</remarks>
    [RegularExpression("[A-Za-z0-9_.:-]{1,200}", ErrorMessage = "expected 1 to 200 letters, digits, '-', '_', '.' or ':'")]
    public string Queue { get; init; } = "start-verification";

    /// <summary>Where rejected messages are parked.</summary>
    public string ErrorQueue => Queue + "_error";

    /// <summary>Where messages of unknown types go.</summary>
    public string SkippedQueue => Queue + "_skipped";

    /// <summary>
    /// Messages the broker hands out ahead of their acknowledgement; never more than <see cref="ConcurrentMessageLimit"/>, so that an
    /// urgent one begins when it comes.
    /// </summary>
    [NumberRange(1, 65535)]
    public int PrefetchCount { get; init; } = 128;

    /// <summary>Messages worked on at a time.</summary>
    [NumberRange(1, 65535)]
    public int ConcurrentMessageLimit { get; init; } = 128;

    /// <summary>Largest body, in bytes; with <see cref="PrefetchCount"/> it bounds the worker's memory.</summary>
    [NumberRange(1024, 64 * 1024 * 1024)]
    public int MaximumBodySize { get; init; } = 256 * 1024;

    /// <summary>
    /// How long a message is held before it goes back to the queue. Keep it below the broker's acknowledgement timeout, 30 minutes by
    /// default (RabbitMQ docs, "Consumers", delivery acknowledgement timeout).
    /// </summary>
    [TimeRange("00:00:01", "1.00:00:00")]
    public TimeSpan MaximumHold { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often the depth of the queues is asked for, for metrics and status page.</summary>
    [TimeRange("00:00:00.050", "01:00:00")]
    public TimeSpan QueueWatchInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// <c>Declare</c>: the worker makes exchanges, queues and bindings. <c>Expect</c>: somebody else has (deploy/rabbitmq), and the
    /// worker's user needs no right to make or delete any.
    /// </summary>
    public Topology Topology { get; init; }
}
