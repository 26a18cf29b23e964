using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DiditWorker.Didit;
using DiditWorker.Operations.Broker;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using DiditWorker.Verification;
using RabbitMQ.Client;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>Reads a dead letter as the consumer would read it, with the same code.</summary>
public sealed class DeadLetterReader(StartVerificationOptions options, DiditOptions didit, IdempotencyOptions idempotency)
{
    /// <summary><see cref="DeadLetter.Invalid"/> of an envelope that the worker does not consume.</summary>
    public const string OtherType = "messageType: is not DiditWorker.Contracts:StartVerification, so the worker skips it";

    // Their texts are published in rejections.
    private static readonly HashSet<string?> Own =
    [
        typeof(InvalidMessageException).FullName, typeof(PayloadMismatchException).FullName, typeof(RefusedByDiditException).FullName,
        typeof(AmbiguousSessionException).FullName, typeof(AttemptsExhaustedException).FullName,
    ];

    /// <summary>Reads; nothing in it makes this fail.</summary>
    public DeadLetter Read(string queue, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body)
    {
        var (delivery, request, invalid) = ReadBody(properties, body);
        var faultType = properties.Header("MT-Fault-ExceptionType");

        // What MassTransit has moved says so, and may have been through a publisher's own queue for delays before.
        var death = properties.Header("MT-Reason") is null && string.IsNullOrEmpty(faultType) ? BrokerDeath.Of(properties) : null;
        return new()
        {
            Queue = queue,
            Reference = Reference(properties, body.Span),
            Properties = properties,
            Body = body,
            Delivery = delivery,
            Request = request,
            Invalid = invalid,
            Group = death?.Group ?? GroupOf(faultType),
            FaultType = faultType,
            FaultMessage = death?.Message ?? properties.Header("MT-Fault-Message"),
            IsFaultSafe = death is not null || Own.Contains(faultType),
            FaultedAt = death?.At ?? Time(properties.Header("MT-Fault-Timestamp")),
            Replays = Number(properties.Header(Delivery.ReplayCountHeader)) is { } replays ? (int)Math.Min(replays, int.MaxValue) : 0,
            DeliveryCount = Number(properties.Header("x-delivery-count")),
            AcquiredCount = Number(properties.Header("x-acquired-count")),
        };
    }

    /// <summary><see cref="DeadLetter.Reference"/> of a message.</summary>
    public static string Reference(IReadOnlyBasicProperties properties, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        var parked = properties.Header("MT-Fault-Timestamp") ?? BrokerDeath.Of(properties)?.At?.ToString("O") ?? "";
        foreach (var text in (ReadOnlySpan<string>)[properties.MessageId ?? "", parked])
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private (Delivery? Delivery, VerificationRequest? Request, string? Invalid) ReadBody(
        IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body)
    {
        var delivery = Delivery.Read(Facts(properties), idempotency.Scope);
        try
        {
            var (message, envelope) = BodyReader.Read(
                body, properties.ContentType, properties.ContentEncoding, options.MaximumBodySize);
            if (envelope is not null)
            {
                delivery = Delivery.Read(Facts(properties).With(envelope), idempotency.Scope);
                if (!EnvelopeReader.IsOurs(envelope))
                {
                    return (delivery, null, OtherType);
                }
            }

            var request = StartVerificationReader.Read(message, didit.WorkflowId);
            return (delivery?.Of(request), request, null);
        }
        catch (InvalidMessageException invalid)
        {
            return (delivery, null, invalid.Message);
        }
    }

    private static DeliveryFacts Facts(IReadOnlyBasicProperties properties) => new()
    {
        Header = properties.Header,
        PropertyId = properties.MessageId,
        Timestamp = properties.IsTimestampPresent() ? properties.Timestamp.UnixTime : null,

        // Whatever lies here was delivered before.
        Redelivered = true,
    };

    // Ours are named after the code of the rejection.
    private static string GroupOf(string? faultType)
    {
        if (string.IsNullOrEmpty(faultType))
        {
            return DeadLetterGroups.Skipped;
        }

        var name = faultType[(faultType.LastIndexOf('.') + 1)..];
        if (name == nameof(ReturnToQueueException))
        {
            return DeadLetterGroups.DeliveryLimit;
        }

        return name.EndsWith("Exception", StringComparison.Ordinal) && name.Length > "Exception".Length ? name[..^"Exception".Length]
            : name;
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time
                : null;

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
