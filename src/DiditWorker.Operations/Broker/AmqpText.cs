using System.Collections;
using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace DiditWorker.Operations.Broker;

/// <summary>Header values as text. The client library gives text as bytes.</summary>
internal static class AmqpText
{
    /// <summary>Null if there is no such header; empty if it is a table or a list, as the worker takes it.</summary>
    public static string? Header(this IReadOnlyBasicProperties properties, string name) =>
        properties.Headers is { } headers && headers.TryGetValue(name, out var value) ? value is IDictionary or IList and not byte[]? ""
            : Of(value) : null;

    public static string Of(object? value) => value switch
    {
        null => "",
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        IDictionary => "(a table)",
        IList => "(a list)",
        AmqpTimestamp time => time.UnixTime.ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
