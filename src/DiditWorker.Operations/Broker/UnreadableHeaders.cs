using System.Buffers.Binary;
using System.Text;
using DiditWorker.Verification;
using RabbitMQ.Client;

namespace DiditWorker.Operations.Broker;

/// <summary>
/// A table of headers that the client library cannot read, such as one with a decimal of scale 29, which AMQP allows: put as bytes into a
/// header of its own, by which the message can be read, rejected and parked like any other, and nothing of it is lost.
/// </summary>
internal static class UnreadableHeaders
{
    /// <summary>Holds the table as it came, without its length (AMQP 0-9-1, section 4.2.5.5).</summary>
    public const string Name = "DiditWorker-Unreadable-Headers";

    // Bits of the first two bytes of the properties, highest first: content_type, content_encoding, headers.
    private const int ContentType = 1 << 15;
    private const int ContentEncoding = 1 << 14;
    private const int Headers = 1 << 13;
    private const int Flags = 2;
    private const byte Binary = (byte)'x';

    /// <summary>Replaces the headers if need be.</summary>
    /// <param name="properties">As they came.</param>
    /// <returns>The same span if the client library can read them.</returns>
    public static ReadOnlySpan<byte> Replace(ReadOnlySpan<byte> properties) =>
        properties.Length <= Flags || (BinaryPrimitives.ReadUInt16BigEndian(properties) & Headers) == 0 || CanBeRead(properties)
            ? properties
            : WithoutTable(properties);

    /// <summary>Does nothing if the headers could be read, or if an operator replays the message without them.</summary>
    /// <exception cref="InvalidMessageException">They could not.</exception>
    public static void Check(IDictionary<string, object?>? headers)
    {
        if (headers is not null && headers.TryGetValue(Name, out var table)
            && !(headers.ContainsKey(Delivery.ReplayCountHeader) && table is BinaryTableValue raw && !MayHoldTheId(raw.Bytes)))
        {
            throw new InvalidMessageException(
                "headers: one of them has a value that cannot be read, such as a decimal with more than 28 digits after the point; "
                + "publish the request again under the same id without it");
        }
    }

    // The id under which the message was first published comes before all others: without it the request would have another key.
    private static bool MayHoldTheId(ReadOnlySpan<byte> table) => table.IndexOf(Encoding.ASCII.GetBytes(BusHeaders.OriginalMessageId)) >= 0;

    // By its own code, so that this is true for each of its versions.
    private static bool CanBeRead(ReadOnlySpan<byte> properties)
    {
        try
        {
            _ = new ReadOnlyBasicProperties(properties);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static byte[] WithoutTable(ReadOnlySpan<byte> properties)
    {
        var flags = BinaryPrimitives.ReadUInt16BigEndian(properties);
        var start = Flags;
        start += (flags & ContentType) != 0 ? 1 + properties[start] : 0;
        start += (flags & ContentEncoding) != 0 ? 1 + properties[start] : 0;
        var table = properties.Slice(start + sizeof(uint), (int)BinaryPrimitives.ReadUInt32BigEndian(properties[start..]));
        var name = Encoding.ASCII.GetBytes(Name);

        var entry = 1 + name.Length + 1 + sizeof(uint) + table.Length;
        var replaced = new byte[properties.Length + entry - table.Length];
        var rest = replaced.AsSpan();
        properties[..start].CopyTo(rest);
        rest = rest[start..];
        BinaryPrimitives.WriteUInt32BigEndian(rest, (uint)entry);
        rest[4] = (byte)name.Length;
        name.CopyTo(rest[5..]);
        rest = rest[(5 + name.Length)..];
        rest[0] = Binary;
        BinaryPrimitives.WriteUInt32BigEndian(rest[1..], (uint)table.Length);
        table.CopyTo(rest[5..]);
        properties[(start + sizeof(uint) + table.Length)..].CopyTo(rest[(5 + table.Length)..]);
        return replaced;
    }
}
