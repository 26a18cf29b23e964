using RabbitMQ.Client;

namespace DiditWorker.DeadLetters;

/// <summary>An archived dead letter as it is published into its queue again.</summary>
internal static class ImportedMessage
{
    /// <summary>
    /// Begins the names of headers that hold what the broker would act upon: <c>user_id</c>, since it refuses anybody's but the connection's
    /// own, and <c>CC</c>, since it would deliver copies to the queues named there (RabbitMQ docs, "Validated User-ID" and "Sender-selected
    /// Distribution").
    /// </summary>
    public const string AsidePrefix = "DiditWorker-Imported-";

    private static readonly string[] Routing = ["CC", "BCC"];

    /// <summary>Whether the broker will remove it after a time.</summary>
    public static bool Expires(ArchivedLetter letter) => letter.Properties.Expiration is not null;

    /// <summary>Whether it carries what is put aside.</summary>
    public static bool HasAside(ArchivedLetter letter, string user) =>
        IsForeign(letter, user) || letter.Properties.Headers?.Keys.Any(name => Routing.Contains(name, StringComparer.Ordinal)) == true;

    /// <summary>The same properties and headers, persistent.</summary>
    public static BasicProperties Of(ArchivedLetter letter, string user)
    {
        var properties = new BasicProperties(letter.Properties) { Persistent = true };
        var headers = (letter.Properties.Headers ?? new Dictionary<string, object?>(StringComparer.Ordinal))
            .Where(header => !ReplayHeaders.Counters.Contains(header.Key, StringComparer.Ordinal))
            .ToDictionary(
                header => Routing.Contains(header.Key, StringComparer.Ordinal) ? AsidePrefix + header.Key : header.Key, header => header.Value,
                StringComparer.Ordinal);
        if (IsForeign(letter, user))
        {
            headers[AsidePrefix + "User-Id"] = letter.Properties.UserId;
            properties.UserId = null;
        }

        properties.Headers = headers.Count == 0 ? null : headers;
        return properties;
    }

    private static bool IsForeign(ArchivedLetter letter, string user) => letter.Properties.UserId is { } id && id != user;
}
