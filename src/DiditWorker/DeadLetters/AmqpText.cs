using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace DiditWorker.DeadLetters;

/// <summary>Header values as text. The client library gives text as bytes.</summary>
internal static class AmqpText
{
    public static string? Header(this IReadOnlyBasicProperties properties, string name) =>
        properties.Headers is { } headers && headers.TryGetValue(name, out var value) ? Of(value) : null;

    public static string Of(object? value) => value switch
    {
        null => "",
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        AmqpTimestamp time => time.UnixTime.ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
