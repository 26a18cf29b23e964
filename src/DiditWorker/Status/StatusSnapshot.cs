using DiditWorker.Redis;

namespace DiditWorker.Status;

/// <summary>
/// What a person wants to know at a glance, as <c>GET /status.json</c> tells it; nothing in it is secret or personal. What this worker did
/// is its own, queues and dead letters are those of all.
/// </summary>
public sealed record StatusSnapshot
{
    /// <summary>When it was taken; times are ISO 8601 in UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Of the worker.</summary>
    public required string Version { get; init; }

    /// <summary>The machine or container.</summary>
    public required string Host { get; init; }

    /// <summary>When this worker started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>As <c>/health/ready</c> tells it.</summary>
    public required HealthStatus Health { get; init; }

    /// <summary>Deliveries that ended, by minute, the oldest first; the last one is the current minute.</summary>
    public required IReadOnlyList<MinuteOfOutcomes> Outcomes { get; init; }

    /// <summary>Deliveries that are worked on or held now.</summary>
    public required long InFlight { get; init; }

    /// <summary>As many as there can be.</summary>
    public required int ConcurrentMessageLimit { get; init; }

    /// <summary><c>closed</c>, <c>half-open</c> or <c>open</c>.</summary>
    public required string Circuit { get; init; }

    /// <summary>Why nothing is sent to Didit; null if that is not so.</summary>
    public required PauseStatus? Pause { get; init; }

    /// <summary>How long a request waits that is published now.</summary>
    public required WaitEstimate Wait { get; init; }

    /// <summary>Creates against the rate that all replicas share.</summary>
    public required RateStatus CreateRate { get; init; }

    /// <summary>Messages that this worker is trying again now, at most 20, those with the most attempts first.</summary>
    public required IReadOnlyList<WaitingStatus> WaitingNow { get; init; }

    /// <summary>How many there are.</summary>
    public required int WaitingNowCount { get; init; }

    /// <summary>Null while the broker has not been asked.</summary>
    public required QueueStatus? Queues { get; init; }

    /// <summary>What is parked and skipped, by queue and group; empty if nothing is.</summary>
    public required IReadOnlyList<DeadLetterStatus> DeadLetters { get; init; }

    /// <summary>What the last <c>diditworker reconcile</c> found; null if there was none, or Redis was not asked yet.</summary>
    public required ReconciliationResult? Reconciliation { get; init; }

    /// <summary>The window less its margin, in seconds.</summary>
    public required double Window { get; init; }

    /// <summary>The latest deliveries of this worker that were parked or failed, newest first.</summary>
    public required IReadOnlyList<ErrorStatus> Errors { get; init; }
}

/// <summary>Health, as <c>/health/ready</c> tells it.</summary>
/// <param name="Status"><c>Healthy</c>, <c>Degraded</c> or <c>Unhealthy</c>.</param>
/// <param name="Parts">By name: <c>broker</c>, <c>redis</c>, <c>didit</c>.</param>
public sealed record HealthStatus(string Status, IReadOnlyDictionary<string, PartStatus> Parts);

/// <summary>One part.</summary>
/// <param name="Status"><c>Healthy</c>, <c>Degraded</c> or <c>Unhealthy</c>.</param>
/// <param name="Since">Since when it is so.</param>
/// <param name="Description">What is so.</param>
/// <param name="Action">What to do; null if there is nothing to do.</param>
public sealed record PartStatus(string Status, DateTimeOffset Since, string? Description, string? Action);

/// <summary>How the deliveries of one minute ended.</summary>
/// <param name="At">When the minute began.</param>
/// <param name="Counts">By outcome; all seven are there.</param>
public sealed record MinuteOfOutcomes(DateTimeOffset At, IReadOnlyDictionary<string, long> Counts);

/// <summary>Nothing is sent to Didit.</summary>
/// <param name="Reason">One of <see cref="DiditWorker.Protocol.PauseReasons"/>.</param>
/// <param name="Why">For people.</param>
/// <param name="Since">When it began.</param>
/// <param name="Until">When the next request may probe, or a pause ends that no probe ends; null: only when a person resumes.</param>
public sealed record PauseStatus(string Reason, string Why, DateTimeOffset Since, DateTimeOffset? Until);

/// <summary>A rate against its limit.</summary>
/// <param name="LimitPerMinute"><c>Didit:RequestsPerMinute</c>, all replicas together.</param>
/// <param name="SentLastMinute">By this worker, in the last 60 seconds.</param>
public sealed record RateStatus(int LimitPerMinute, long SentLastMinute);

/// <summary>A message that this worker has and whose attempts have failed so far.</summary>
public sealed record WaitingStatus
{
    /// <summary>Its request id, for <c>diditworker keys show</c>.</summary>
    public required string RequestId { get; init; }

    /// <summary>Its key.</summary>
    public required string Key { get; init; }

    /// <summary>How often Didit was tried for it, in all deliveries.</summary>
    public required int Attempts { get; init; }

    /// <summary>What the latest attempt ended with, in a few words of the worker's.</summary>
    public required string Last { get; init; }

    /// <summary>When that was.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>Not before when it is tried again; in the past: it is tried, or waits for its turn.</summary>
    public required DateTimeOffset NextTry { get; init; }
}

/// <summary>What the broker says.</summary>
/// <param name="At">When it was asked.</param>
/// <param name="Queues">Input, error and skipped queue; one that does not exist (yet) is missing.</param>
public sealed record QueueStatus(DateTimeOffset At, IReadOnlyList<QueueDepth> Queues);

/// <summary>Dead letters of one kind.</summary>
/// <param name="Queue">Where they lie.</param>
/// <param name="Group">The code of the rejection, <c>Skipped</c>, <c>Other</c>, or <c>Uncounted</c>.</param>
/// <param name="Count">How many.</param>
/// <param name="Remaining">Seconds to the end of the window of the oldest; negative: over; null: unknown.</param>
public sealed record DeadLetterStatus(string Queue, string Group, long Count, double? Remaining);

/// <summary>A delivery that was parked or failed.</summary>
/// <param name="At">When.</param>
/// <param name="Outcome"><c>rejected</c>, <c>parked</c> or <c>failed</c>.</param>
/// <param name="Why">The code of the rejection or the name of the exception; no words of Didit or of the request.</param>
/// <param name="Key">Its key, for <c>diditworker dead-letters show</c>; null if it has none.</param>
public sealed record ErrorStatus(DateTimeOffset At, string Outcome, string Why, string? Key);
