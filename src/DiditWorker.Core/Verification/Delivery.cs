using DiditWorker.Protocol;

namespace DiditWorker.Verification;

/// <summary>What one delivery of a message says about itself, whatever its payload.</summary>
/// <param name="RequestId">The id under which the message was first published, normalized.</param>
/// <param name="Key">Derived from it.</param>
/// <param name="PublishedAt">
/// When: the earliest of <c>requestedAt</c>, the envelope's <c>sentTime</c> and AMQP's <c>timestamp</c> that anybody can mean; null if
/// there is none. May still lie in the future: whoever knows the time asks <see cref="MeantTime.Believable"/>.
/// </param>
/// <param name="MaybeAttempted">Whether it was delivered before: by the broker, or as a replayed dead letter.</param>
public sealed record Delivery(string RequestId, IdempotencyKey Key, DateTimeOffset? PublishedAt, bool MaybeAttempted)
{
    /// <summary>Whether an operator replays it.</summary>
    public bool IsReplay { get; init; }

    /// <summary>How urgent it is: AMQP's <c>priority</c>, 0 to 255. Default 0.</summary>
    public int Urgency { get; init; }

    /// <summary>Header: how often the message was replayed.</summary>
    public const string ReplayCountHeader = "DiditWorker-Replay-Count";

    // What MassTransit and brokers leave behind. Any of them, and that of our replay, means that a worker may have had this message before.
    // Particular's ServiceControl takes MassTransit's away when it retries a message, and leaves one of its own.
    private static readonly string[] Traces =
    [
        "MT-Reason", "MT-Fault-ExceptionType", "MT-Fault-Message", "MT-Redelivery-Count", "x-death", "x-first-death-queue",
        "x-delivery-count", "x-acquired-count", "ServiceControl.Retry.AcknowledgementQueue",
    ];

    /// <summary>Reads a delivery; null if it has no id, or one that is too long.</summary>
    /// <param name="facts">What it carries.</param>
    /// <param name="scope"><c>Idempotency:Scope</c>.</param>
    public static Delivery? Read(DeliveryFacts facts, string scope)
    {
        var (id, isReplay) = (RequestIdOf(facts), facts.Header(ReplayCountHeader) is not null);
        return id is null or { Length: 0 or > Protocol.RequestId.MaxLength }
            ? null
            : new(
                Protocol.RequestId.Normalize(id), IdempotencyKey.Create(scope, id), PublishedAtOf(facts), isReplay || WasDelivered(facts))
            {
                IsReplay = isReplay, Urgency = facts.Priority, Deadline = MeantTime.Meant(facts.ExpirationTime),
            };
    }

    // A scheduler that published it again may have given it an id of its own. MassTransit reads an id only if it is a UUID; raw JSON may
    // carry any string. The property comes first; a header of the name MessageId is for clients that cannot set properties, such as
    // amqp-publish.
    private static string? RequestIdOf(DeliveryFacts facts) =>
        Filled(facts.Header(BusHeaders.OriginalMessageId))
        ?? Filled(facts.EnvelopeHeader(BusHeaders.OriginalMessageId))
        ?? facts.EnvelopeId?.ToString("D")
        ?? Filled(facts.PropertyId)
        ?? Filled(facts.Header(BusHeaders.MessageId));

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>After it no session is to be made: the earlier one of <c>notAfter</c> and the envelope's <c>expirationTime</c>.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Whether somebody is taken to wait for the answer.</summary>
    public bool IsUrgent => Urgency >= Precedence.Urgent;

    /// <summary>When it was published, or <paramref name="now"/> if it does not say, or says that it was later.</summary>
    public DateTimeOffset PublishedBy(DateTimeOffset now) => PublishedAt < now ? PublishedAt.Value : now;

    /// <summary>The same once it is known what the message says about its first publishing and its deadline.</summary>
    public Delivery Of(VerificationRequest request) => this with
    {
        PublishedAt = MeantTime.Earliest(PublishedAt, MeantTime.Meant(request.RequestedAt)),
        Deadline = MeantTime.Earliest(Deadline, MeantTime.Meant(request.NotAfter)),
    };

    // Without a time that was never set, the earliest is in the future only if all are.
    private static DateTimeOffset? PublishedAtOf(DeliveryFacts facts) =>
        MeantTime.Earliest(MeantTime.Meant(facts.SentTime), MeantTime.Meant(facts.Timestamp is { } timestamp ? UnixTime(timestamp) : null));

    // AMQP says seconds; some clients send milliseconds.
    private static DateTimeOffset? UnixTime(long value) => value switch
    {
        <= 0 => null,
        < 100_000_000_000 => DateTimeOffset.FromUnixTimeSeconds(value),
        < 100_000_000_000_000 => DateTimeOffset.FromUnixTimeMilliseconds(value),
        _ => null,
    };

    private static bool WasDelivered(DeliveryFacts facts) => facts.Redelivered || Traces.Any(trace => facts.Header(trace) is not null);
}
