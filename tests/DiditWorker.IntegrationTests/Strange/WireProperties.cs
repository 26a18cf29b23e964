using System.Buffers.Binary;
using System.Text;

namespace DiditWorker.IntegrationTests.Strange;

/// <summary>
/// Writes the properties of a message by hand (AMQP 0-9-1, sections 4.2.5.5 and 4.2.6.1; types as RabbitMQ takes them, see its
/// "AMQP 0-9-1 Errata").
/// </summary>
internal sealed class WireProperties
{
    private static readonly string[] Order =
    [
        "content_type", "content_encoding", "headers", "delivery_mode", "priority", "correlation_id", "reply_to", "expiration",
        "message_id", "timestamp", "type", "user_id", "app_id", "cluster_id",
    ];

    private readonly Dictionary<string, byte[]> _values = new(StringComparer.Ordinal);

    /// <summary>A request in raw JSON, published now.</summary>
    public static WireProperties Request(string id) => new WireProperties()
        .Set("content_type", Short("application/json")).Set("delivery_mode", [2]).Set("message_id", Short(id))
        .Set("timestamp", Number(DateTimeOffset.UtcNow.ToUnixTimeSeconds()));

    public WireProperties Set(string name, byte[] value)
    {
        _values[name] = value;
        return this;
    }

    public WireProperties Remove(string name)
    {
        _values.Remove(name);
        return this;
    }

    public RawProperties Build()
    {
        var flags = 0;
        var bytes = new List<byte> { 0, 0 };
        for (var i = 0; i < Order.Length; i++)
        {
            if (_values.TryGetValue(Order[i], out var value))
            {
                flags |= 1 << (15 - i);
                bytes.AddRange(value);
            }
        }

        (bytes[0], bytes[1]) = ((byte)(flags >> 8), (byte)flags);
        return new([.. bytes]);
    }

    public static byte[] Short(string text) => Short(Encoding.UTF8.GetBytes(text));

    public static byte[] Short(byte[] text) => [(byte)text.Length, .. text];

    public static byte[] Long(byte[] bytes) => [.. Number((uint)bytes.Length), .. bytes];

    public static byte[] Number(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>A table of fields, each a name and a value with its type in front.</summary>
    public static byte[] Table(params (string Name, byte[] Value)[] fields) =>
        Long([.. fields.SelectMany(field => (byte[])[.. Short(field.Name), .. field.Value])]);

    /// <summary>A list of values, each with its type in front.</summary>
    public static byte[] List(params byte[][] values) => Long([.. values.SelectMany(value => value)]);

    /// <summary>A value with its type in front.</summary>
    public static byte[] Value(char type, byte[] value) => [(byte)type, .. value];
}
