using DiditWorker.Idempotency;
using MassTransit;

namespace DiditWorker.Verification;

/// <summary>What one delivery of a message says about itself, whatever its payload.</summary>
/// <param name="RequestId">The id under which the message was first published, normalized.</param>
/// <param name="Key">Derived from it.</param>
/// <param name="PublishedAt">When, if the message says so: the envelope's <c>sentTime</c>, or AMQP's <c>timestamp</c>.</param>
/// <param name="MaybeAttempted">Whether it was delivered before: by the broker, or as a replayed dead letter.</param>
public sealed record Delivery(string RequestId, IdempotencyKey Key, DateTimeOffset? PublishedAt, bool MaybeAttempted)
{
    // What MassTransit, brokers and our replay leave behind. Any of them means that a worker may have had this message before.
    private static readonly string[] Traces =
    [
        "MT-Reason", "MT-Fault-ExceptionType", "MT-Fault-Message", "MT-Redelivery-Count", "x-death", "x-first-death-queue",
        "x-delivery-count", "DiditWorker-Replay-Count",
    ];

    /// <summary>Reads a delivery; none if it has no id, or one that is too long.</summary>
    /// <param name="receive">The transport's view.</param>
    /// <param name="consume">The message's view; none where the body cannot be read.</param>
    /// <param name="scope"><c>Idempotency:Scope</c>.</param>
    public static Delivery? Read(ReceiveContext receive, ConsumeContext? consume, string scope)
    {
        var id = RequestIdOf(receive, consume);
        return id is null or { Length: 0 or > Idempotency.RequestId.MaximumLength }
            ? null
            : new(Idempotency.RequestId.Normalize(id), IdempotencyKey.Create(scope, id), PublishedAtOf(receive, consume), WasDelivered(receive));
    }

    // A scheduler that published it again may have given it an id of its own. MassTransit reads an id only if it is a UUID; raw JSON may
    // carry any string.
    private static string? RequestIdOf(ReceiveContext receive, ConsumeContext? consume) =>
        Text(receive.TransportHeaders, MessageHeaders.OriginalMessageId)
        ?? (consume is null ? null : Text(consume.Headers, MessageHeaders.OriginalMessageId))
        ?? (IsEnvelope(consume) ? consume?.MessageId?.ToString("D") : null)
        ?? TransportId(receive);

    // The property first; a header of the name MessageId is for clients that cannot set properties, such as amqp-publish.
    private static string? TransportId(ReceiveContext receive) =>
        receive.TryGetPayload<RabbitMqBasicConsumeContext>(out var rabbit) && !string.IsNullOrEmpty(rabbit.Properties.MessageId)
            ? rabbit.Properties.MessageId
            : Text(receive.TransportHeaders, MessageHeaders.MessageId);

    private static string? Text(Headers headers, string name) =>
        headers.TryGetHeader(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;

    private static DateTimeOffset? PublishedAtOf(ReceiveContext receive, ConsumeContext? consume)
    {
        // For raw JSON, ConsumeContext.SentTime is made up from the bits of the message id: only the transport knows.
        if (IsEnvelope(consume) && consume?.SentTime is { } sent)
        {
            return new DateTimeOffset(DateTime.SpecifyKind(sent, DateTimeKind.Utc));
        }

        return receive.TryGetPayload<RabbitMqBasicConsumeContext>(out var rabbit) && rabbit.Properties.IsTimestampPresent()
            ? UnixTime(rabbit.Properties.Timestamp.UnixTime)
            : null;
    }

    // AMQP says seconds; some clients send milliseconds.
    private static DateTimeOffset? UnixTime(long value) => value switch
    {
        <= 0 => null,
        < 100_000_000_000 => DateTimeOffset.FromUnixTimeSeconds(value),
        < 100_000_000_000_000 => DateTimeOffset.FromUnixTimeMilliseconds(value),
        _ => null,
    };

    private static bool WasDelivered(ReceiveContext receive) =>
        receive.Redelivered || Traces.Any(trace => receive.TransportHeaders.TryGetHeader(trace, out _));

    private static bool IsEnvelope(ConsumeContext? consume) =>
        consume is not null && consume.SerializerContext is not MassTransit.Serialization.SystemTextJsonRawSerializerContext;
}
