using System.Security.Cryptography;
using System.Text;
using DiditWorker.Redis;
using DiditWorker.Verification;
using RabbitMQ.Client;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>One message in an error or skipped queue.</summary>
public sealed record DeadLetter
{
    /// <summary>Where it lies.</summary>
    public required string Queue { get; init; }

    /// <summary>
    /// Names this very dead letter: 16 hexadecimal digits of a SHA-256 over message id, fault time and body. A message that is replayed and
    /// fails again is another dead letter.
    /// </summary>
    public required string Reference { get; init; }

    /// <summary>As they arrived.</summary>
    public required IReadOnlyBasicProperties Properties { get; init; }

    /// <summary>As it arrived.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Request id, key and time of publishing; null if it has no usable id.</summary>
    public Delivery? Delivery { get; init; }

    /// <summary>What it asks for; null if it cannot be read.</summary>
    public VerificationRequest? Request { get; init; }

    /// <summary>Why it cannot be read.</summary>
    public string? Invalid { get; init; }

    /// <summary>What it is grouped by: the code of a rejection, the name of another exception, or <c>Skipped</c>.</summary>
    public required string Group { get; init; }

    /// <summary>Full name of the exception, if there was one.</summary>
    public string? FaultType { get; init; }

    /// <summary>Text of the exception.</summary>
    public string? FaultMessage { get; init; }

    /// <summary>
    /// Whether the text of the fault is the worker's or the broker's own, which quotes no message. That of any other exception may.
    /// </summary>
    public bool IsFaultSafe { get; init; }

    /// <summary>When it was parked; a skipped message does not say.</summary>
    public DateTimeOffset? FaultedAt { get; init; }

    /// <summary>How often it was replayed.</summary>
    public int Replays { get; init; }

    /// <summary>
    /// <c>x-delivery-count</c> of quorum queues, which a delivery limit is compared with; null before the first time. Before RabbitMQ
    /// 4.3 each reading adds 1.
    /// </summary>
    public long? DeliveryCount { get; init; }

    /// <summary>
    /// <c>x-acquired-count</c>, from RabbitMQ 4.3 on: each reading adds 1, and no limit is compared with it. Null before the first time.
    /// </summary>
    public long? AcquiredCount { get; init; }

    /// <summary>
    /// First 12 hexadecimal digits of SHA-256 over the <c>vendorData</c>, by which people can look for a person without naming one.
    /// </summary>
    public string? VendorDataHash => Request is null ? null : HashOf(Request.VendorData);

    /// <summary><inheritdoc cref="VendorDataHash" path="/summary"/></summary>
    public static string HashOf(string vendorData) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(vendorData)))[..12];

    /// <summary>What people may see of the fault without asking for the body: its text, or the name of its exception.</summary>
    public string FaultInWords => IsFaultSafe && FaultMessage is { } words ? words
        : FaultType is { } type ? $"{type[(type.LastIndexOf('.') + 1)..]} (its text: show ID --show-body)"
        : Group == DeadLetterGroups.Skipped ? "another message type than the worker's" : "it does not say";

    /// <summary>For people: its request id, or its reference if it has none that could be used.</summary>
    public string Name => Delivery?.RequestId ?? Reference;

    /// <summary>Without what it holds: much of it may be personal.</summary>
    public override string ToString() => $"{nameof(DeadLetter)} {Reference}";
}
