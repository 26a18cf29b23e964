using System.Collections;
using System.Globalization;
using RabbitMQ.Client;

namespace DiditWorker.IntegrationTests.Support;

/// <summary>A message as text, with the type of each header, so that two can be compared and a difference can be read.</summary>
internal static class AmqpShape
{
    public static string Of(BasicGetResult message) =>
        $"""
        {Of(message.BasicProperties)}
        body {Convert.ToHexString(message.Body.Span)}
        """;

    /// <summary>All but <c>x-delivery-count</c> and <c>x-acquired-count</c>, which the broker counts.</summary>
    private static string Of(IReadOnlyBasicProperties p) => string.Join('\n',
    [
        $"message_id {p.MessageId ?? "-"}", $"correlation_id {p.CorrelationId ?? "-"}", $"type {p.Type ?? "-"}", $"app_id {p.AppId ?? "-"}",
        $"user_id {p.UserId ?? "-"}", $"cluster_id {p.ClusterId ?? "-"}", $"reply_to {p.ReplyTo ?? "-"}",
        $"content_type {p.ContentType ?? "-"}",
        $"content_encoding {p.ContentEncoding ?? "-"}", $"expiration {p.Expiration ?? "-"}", $"delivery_mode {p.DeliveryMode}",
        $"priority {p.Priority}",
        $"timestamp {p.Timestamp.UnixTime}",
        .. (p.Headers ?? new Dictionary<string, object?>(StringComparer.Ordinal))
            .Where(h => h.Key is not ("x-delivery-count" or "x-acquired-count")).OrderBy(h => h.Key, StringComparer.Ordinal)
            .Select(h => $"{h.Key} {Value(h.Value)}"),
    ]);

    private static string Value(object? value) => value switch
    {
        null => "null",
        byte[] bytes => "longstr " + Convert.ToHexString(bytes),
        BinaryTableValue binary => "binary " + Convert.ToHexString(binary.Bytes),
        AmqpTimestamp time => "timestamp " + time.UnixTime.ToString(CultureInfo.InvariantCulture),
        IDictionary<string, object?> table =>
        "{" + string.Join(", ", table.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}: {Value(m.Value)}")) + "}",
        IList list => "[" + string.Join(", ", list.Cast<object?>().Select(Value)) + "]",
        IFormattable number => $"{number.GetType().Name} {number.ToString(null, CultureInfo.InvariantCulture)}",
        _ => $"{value.GetType().Name} {value}",
    };
}
