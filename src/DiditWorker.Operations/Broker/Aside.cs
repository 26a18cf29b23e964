using RabbitMQ.Client;

namespace DiditWorker.Operations.Broker;

/// <summary>
/// What the broker would act upon when a message is published again, put aside into headers that it does not know: <c>user_id</c>, since it
/// refuses anybody's but the connection's own; <c>expiration</c>, since it would remove the message after that time; <c>CC</c> and
/// <c>BCC</c>, since it would deliver copies to the queues named there (RabbitMQ docs, "Validated User-ID", "Time-To-Live and Expiration"
/// and "Sender-selected Distribution").
/// </summary>
internal static class Aside
{
    /// <summary>Begins the names of such headers on what the worker parks or skips.</summary>
    public const string Parked = "DiditWorker-Parked-";

    private static readonly string[] Routing = ["CC", "BCC"];

    /// <summary>Whether there is anything of the kind.</summary>
    public static bool IsNeeded(IReadOnlyBasicProperties properties) =>
        properties.UserId is not null || properties.Expiration is not null
        || Routing.Any(name => properties.Headers?.ContainsKey(name) == true);

    /// <summary>The headers, which may then be changed.</summary>
    public static Dictionary<string, object?> Copy(IReadOnlyBasicProperties properties) =>
        properties.Headers is { } headers ? new(headers, StringComparer.Ordinal) : new(StringComparer.Ordinal);

    /// <summary>Puts it aside, and makes the message persistent.</summary>
    /// <param name="properties">Of the message; its headers are replaced, not changed.</param>
    /// <param name="prefix">Begins the names of the headers.</param>
    public static void Put(BasicProperties properties, string prefix)
    {
        properties.Persistent = true;
        if (!IsNeeded(properties))
        {
            return;
        }

        var headers = Copy(properties);
        foreach (var name in Routing)
        {
            if (headers.Remove(name, out var queues))
            {
                headers[prefix + name] = queues;
            }
        }

        Set("User-Id", properties.UserId);
        Set("Expiration", properties.Expiration);
        properties.ClearUserId();
        properties.ClearExpiration();
        properties.Headers = headers;

        void Set(string name, string? value)
        {
            if (value is not null)
            {
                headers[prefix + name] = value;
            }
        }
    }
}
