using DiditWorker.Operations.Broker;
using RabbitMQ.Client;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>What is left of a message's headers when it may leave the company: what the bus, the broker and the worker set.</summary>
internal static class PropertyRedaction
{
    // Not the text of the fault nor its stack: another consumer's may quote the message.
    private static readonly string[] SafeHeaders =
    [
        "MT-Reason", "MT-Fault-ExceptionType", "MT-Fault-Timestamp", "MT-Fault-InputAddress", "MT-Fault-ConsumerType",
            "MT-Fault-MessageType",
        "MT-Fault-RetryCount", "MT-Host-MachineName", "MT-Host-ProcessName", "MT-Host-Assembly", "MT-Host-AssemblyVersion",
        "MT-Host-FrameworkVersion", "MT-Host-MassTransitVersion", "x-delivery-count", "x-acquired-count", ReplayHeaders.Count,
        ReplayHeaders.At, ReplayHeaders.Run,
    ];

    /// <summary>Whether the bus, the broker or the worker sets this header, and no word of the message stands in it.</summary>
    public static bool IsSafe(string header) => SafeHeaders.Contains(header, StringComparer.OrdinalIgnoreCase);

    /// <summary>Only those that are safe.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Headers(IReadOnlyBasicProperties properties) =>
        Aside.Copy(properties).Where(header => IsSafe(header.Key));
}
