using System.Globalization;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;

namespace DiditWorker.Operations.Archive;

/// <summary>All basic properties of AMQP under their own names; those that are not set are left out.</summary>
internal static class ArchiveProperties
{
    private static readonly (string Name, Func<IReadOnlyBasicProperties, string?> Get, Action<BasicProperties, string> Set)[] Texts =
    [
        ("message_id", p => p.MessageId, (p, text) => p.MessageId = text),
        ("correlation_id", p => p.CorrelationId, (p, text) => p.CorrelationId = text),
        ("type", p => p.Type, (p, text) => p.Type = text),
        ("app_id", p => p.AppId, (p, text) => p.AppId = text),
        ("user_id", p => p.UserId, (p, text) => p.UserId = text),
        ("cluster_id", p => p.ClusterId, (p, text) => p.ClusterId = text),
        ("reply_to", p => p.ReplyTo, (p, text) => p.ReplyTo = text),
        ("content_type", p => p.ContentType, (p, text) => p.ContentType = text),
        ("content_encoding", p => p.ContentEncoding, (p, text) => p.ContentEncoding = text),
        ("expiration", p => p.Expiration, (p, text) => p.Expiration = text),
    ];

    /// <summary>Writes all but the headers.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyBasicProperties properties)
    {
        json.WriteStartObject();
        foreach (var (name, get, _) in Texts)
        {
            if (get(properties) is { } text)
            {
                json.WriteString(name, text);
            }
        }

        if (properties.IsDeliveryModePresent())
        {
            json.WriteNumber("delivery_mode", (byte)properties.DeliveryMode);
        }

        if (properties.IsPriorityPresent())
        {
            json.WriteNumber("priority", properties.Priority);
        }

        if (properties.IsTimestampPresent())
        {
            json.WriteString("timestamp", properties.Timestamp.UnixTime.ToString(CultureInfo.InvariantCulture));
        }

        json.WriteEndObject();
    }

    /// <summary>Reads all but the headers.</summary>
    /// <exception cref="ArchiveException">There is no such property, or AMQP cannot hold its value.</exception>
    public static BasicProperties Read(JsonElement json)
    {
        var properties = new BasicProperties();
        foreach (var member in json.EnumerateObject())
        {
            switch (member.Name)
            {
                case "delivery_mode":
                    properties.DeliveryMode = (DeliveryModes)member.Value.GetByte();
                    break;
                case "priority":
                    properties.Priority = member.Value.GetByte();
                    break;
                case "timestamp":
                    properties.Timestamp = new(ArchiveNumber.Long(member.Value));
                    break;
                default:
                    var set = Texts.FirstOrDefault(text => text.Name == member.Name).Set
                        ?? throw new ArchiveException($"AMQP has no property \"{member.Name}\"");
                    set(properties, Short(member.Value.GetString() ?? throw new ArchiveException($"{member.Name} is null"), member.Name));
                    break;
            }
        }

        return properties;
    }

    /// <summary>A text that fits AMQP's short string.</summary>
    public static string Short(string text, string what) => Encoding.UTF8.GetByteCount(text) <= byte.MaxValue
        ? text
        : throw new ArchiveException($"{what} is longer than the 255 bytes that AMQP allows");
}
