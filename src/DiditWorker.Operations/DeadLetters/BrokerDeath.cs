using System.Collections;
using DiditWorker.Operations.Broker;
using DiditWorker.Redis;
using RabbitMQ.Client;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>
/// Why the broker itself moved a message to the error queue: the newest entry of the header <c>x-death</c> (RabbitMQ docs, "Dead Letter
/// Exchanges").
/// </summary>
/// <param name="Reason"><c>delivery_limit</c>, <c>expired</c>, <c>rejected</c> or <c>maxlen</c>.</param>
/// <param name="Queue">Where the message was.</param>
/// <param name="At">When, in whole seconds; null if it does not say.</param>
internal sealed record BrokerDeath(string Reason, string Queue, DateTimeOffset? At)
{
    private const string DeliveryLimit = "delivery_limit";
    private const string Expired = "expired";
    private const long LatestUnixTime = 253_402_300_799;

    /// <summary>What the letter is grouped by.</summary>
    public string Group => Reason switch
    {
        DeliveryLimit => DeadLetterGroups.DeliveryLimit,
        Expired => DeadLetterGroups.TimeToLive,
        _ => DeadLetterGroups.Other,
    };

    /// <summary>For people.</summary>
    public string Message => Reason switch
    {
        DeliveryLimit => $"the broker moved it out of {Queue} after as many returns as a delivery limit allows",
        Expired => $"the broker moved it out of {Queue}, unanswered, since it had expired before a worker took it",
        _ => $"the broker moved it out of {Queue} ({Reason})",
    };

    /// <summary>Null if the broker did not move it, or what the header holds is not what a broker writes.</summary>
    public static BrokerDeath? Of(IReadOnlyBasicProperties properties)
    {
        if (properties.Headers?.TryGetValue("x-death", out var header) != true || header is not IList { Count: > 0 } deaths
            || deaths[0] is not IDictionary<string, object?> newest
            || !newest.TryGetValue("reason", out var reason) || !newest.TryGetValue("queue", out var queue))
        {
            return null;
        }

        var at = newest.TryGetValue("time", out var time) && time is AmqpTimestamp { UnixTime: >= 0 and <= LatestUnixTime } moment
            ? DateTimeOffset.FromUnixTimeSeconds(moment.UnixTime)
            : default(DateTimeOffset?);
        return new(AmqpText.Of(reason), AmqpText.Of(queue), at);
    }
}
