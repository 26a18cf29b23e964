using DiditWorker.Operations.Broker;
using DiditWorker.Verification;
using RabbitMQ.Client;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>What a replay strips from a message and adds to it.</summary>
public static class ReplayHeaders
{
    /// <summary>How often the message was replayed.</summary>
    public const string Count = Delivery.ReplayCountHeader;

    /// <summary>When, as ISO 8601 in UTC.</summary>
    public const string At = "DiditWorker-Replayed-At";

    /// <summary>Why, in the operator's words.</summary>
    public const string Reason = "DiditWorker-Replay-Reason";

    /// <summary>Which run of the command, so that a message that fails again is recognised.</summary>
    public const string Run = "DiditWorker-Replay-Run";

    /// <summary>The request id of the message that this one was made of by an edit.</summary>
    public const string EditedFrom = "DiditWorker-Edited-From";

    /// <summary>What quorum queues count in, and go on counting from if a message is published with it.</summary>
    internal static readonly string[] Counters = ["x-delivery-count", "x-acquired-count"];

    private static readonly string[] StalePrefixes = ["MT-Fault-", "MT-Host-", "x-first-death-", "x-last-death-"];
    private static readonly string[] Stale =
        ["MT-Reason", "MT-Redelivery-Count", "x-death", .. Counters, "x-dotnet-pub-seq-no", "CC", "BCC"];

    /// <summary>
    /// Properties for publishing it again: the same message, persistent, without what its failure left behind, and without what the broker
    /// would act upon now: copies to other queues, another user's name, a time after which it is dropped.
    /// </summary>
    public static BasicProperties Renewed(DeadLetter letter, DateTimeOffset at, string reason, string run)
    {
        var properties = new BasicProperties(letter.Properties)
        {
            Persistent = true,
            Headers = new Dictionary<string, object?>(Kept(letter.Properties), StringComparer.Ordinal)
            {
                [Count] = letter.Replays + 1,
                [At] = at.ToString("O"),
                [Reason] = reason,
                [Run] = run,
            },
        };
        if (properties.Headers.ContainsKey(BusHeaders.ActivityId))
        {
            // MassTransit then begins a new trace that is linked to the old one: a replay comes hours or days later.
            properties.Headers[BusHeaders.ActivityPropagation] = "Link";
        }

        properties.ClearUserId();
        properties.ClearExpiration();
        return properties;
    }

    private static IEnumerable<KeyValuePair<string, object?>> Kept(IReadOnlyBasicProperties properties) =>
        Aside.Copy(properties).Where(header =>
            !Stale.Contains(header.Key, StringComparer.OrdinalIgnoreCase)
            && !StalePrefixes.Any(prefix => header.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)));
}
