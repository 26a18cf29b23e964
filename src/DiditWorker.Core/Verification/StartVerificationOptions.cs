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
    /// <summary>Name of the input queue; the error and skipped queues add <c>_error</c> and <c>_skipped</c>. Default <c>start-verification</c>.</summary>
    public string Queue { get; init; } = "start-verification";

    /// <summary>Where rejected messages are parked.</summary>
    public string ErrorQueue => Queue + "_error";

    /// <summary>Where messages of unknown types go.</summary>
    public string SkippedQueue => Queue + "_skipped";

    /// <summary>Messages the broker hands out ahead of their acknowledgement. Default 128.</summary>
    public int PrefetchCount { get; init; } = 128;

    /// <summary>Messages worked on at the same time. Default 64.</summary>
    public int ConcurrentMessageLimit { get; init; } = 64;

    /// <summary>Largest body, in bytes. Default 256 KiB.</summary>
    public int MaximumBodySize { get; init; } = 256 * 1024;

    /// <summary>
    /// How long a message is held before it goes back to the queue. Default 10 minutes; shorter than RabbitMQ's acknowledgement timeout
    /// of 30 minutes (RabbitMQ docs, "Consumers", delivery acknowledgement timeout), after which the broker closes the channel.
    /// </summary>
    public TimeSpan MaximumHold { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often the worker asks the broker how many messages its queues hold, for metrics and the status page. Default 10 seconds.</summary>
    public TimeSpan QueueWatchInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Who makes exchanges, queues and bindings. Default <see cref="Topology.Declare"/>.</summary>
    public Topology Topology { get; init; }
}
