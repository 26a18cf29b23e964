using System.Buffers;
using System.Buffers.Binary;
using RabbitMQ.Client;

namespace DiditWorker.Operations.Broker;

/// <summary>
/// Reads along what the broker sends, and changes what would hurt every other message on the connection: headers that the client library
/// cannot read, since it closes the connection over them, and bodies that are too large to be held by the dozen.
/// </summary>
/// <param name="largest">From how many bytes on a body is set apart. Ignored without <paramref name="setApart"/>.</param>
/// <param name="setApart">Puts a delivery whose body is larger elsewhere, and returns the properties of what stands for it; its body is
/// null where there is no memory for it. Null: bodies pass as they are.</param>
internal sealed class DeliveryFrames(
    int largest, Func<ReadOnlyBasicProperties, byte[]?, CancellationToken, Task<BasicProperties>>? setApart)
{
    // AMQP 0-9-1, sections 4.2.4 to 4.2.6.
    private const byte Method = 1;
    private const byte Header = 2;
    private const byte Body = 3;
    private const byte End = 0xCE;
    private const int Payload = 7;
    private const int SizeOfBody = Payload + 4;
    private const int Properties = Payload + 12;
    private const uint BasicDeliver = (60 << 16) | 60;

    private readonly HashSet<ushort> _delivering = [];
    private readonly Dictionary<ushort, Oversized> _collecting = [];

    /// <summary>Writes the frame, or what stands for it.</summary>
    /// <param name="frame">One, whole.</param>
    /// <param name="output">What the client library will read.</param>
    /// <param name="cancellation">The connection is closed.</param>
    public async ValueTask PassAsync(ReadOnlyMemory<byte> frame, ArrayBufferWriter<byte> output, CancellationToken cancellation)
    {
        var channel = BinaryPrimitives.ReadUInt16BigEndian(frame.Span[1..]);
        switch (frame.Span[0])
        {
            case Method when channel > 0:
                Note(channel, BinaryPrimitives.ReadUInt32BigEndian(frame.Span[Payload..]));
                output.Write(frame.Span);
                break;
            case Header:
                PassHeader(channel, frame.Span, output);
                break;
            case Body when _collecting.TryGetValue(channel, out var oversized):
                oversized.Add(frame.Span[Payload..^1]);
                if (oversized.IsWhole)
                {
                    _collecting.Remove(channel);
                    var stub = await setApart!(oversized.Properties, oversized.Body, cancellation);
                    WriteHeader(output, channel, bodySize: 0, AmqpFrame.Write(stub));
                }

                break;
            default:
                output.Write(frame.Span);
                break;
        }
    }

    private void Note(ushort channel, uint method)
    {
        if (method == BasicDeliver)
        {
            _delivering.Add(channel);
        }
        else
        {
            _delivering.Remove(channel);
        }
    }

    private void PassHeader(ushort channel, ReadOnlySpan<byte> frame, ArrayBufferWriter<byte> output)
    {
        var size = BinaryPrimitives.ReadUInt64BigEndian(frame[SizeOfBody..]);
        var came = frame[Properties..^1];
        var properties = UnreadableHeaders.Replace(came);
        if (setApart is not null && size > (ulong)largest && _delivering.Contains(channel))
        {
            _collecting.Add(channel, new(new(properties), size));
        }
        else if (properties == came)
        {
            output.Write(frame);
        }
        else
        {
            WriteHeader(output, channel, size, properties);
        }
    }

    private static void WriteHeader(ArrayBufferWriter<byte> output, ushort channel, ulong bodySize, ReadOnlySpan<byte> properties)
    {
        var frame = output.GetSpan(Properties + properties.Length + 1);
        frame[0] = Header;
        BinaryPrimitives.WriteUInt16BigEndian(frame[1..], channel);
        BinaryPrimitives.WriteUInt32BigEndian(frame[3..], (uint)(Properties - Payload + properties.Length));
        BinaryPrimitives.WriteUInt32BigEndian(frame[Payload..], BasicDeliver & 0xFFFF0000);
        BinaryPrimitives.WriteUInt64BigEndian(frame[SizeOfBody..], bodySize);
        properties.CopyTo(frame[Properties..]);
        frame[Properties + properties.Length] = End;
        output.Advance(Properties + properties.Length + 1);
    }

    private sealed class Oversized(ReadOnlyBasicProperties properties, ulong size)
    {
        private ulong _filled;

        public ReadOnlyBasicProperties Properties => properties;

        /// <summary>Null if there is no memory for it.</summary>
        public byte[]? Body { get; } = Allocate(size);

        public bool IsWhole => _filled == size;

        public void Add(ReadOnlySpan<byte> part)
        {
            if (Body is not null)
            {
                part.CopyTo(Body.AsSpan((int)_filled));
            }

            _filled += (ulong)part.Length;
        }

        private static byte[]? Allocate(ulong size)
        {
            try
            {
                return GC.AllocateUninitializedArray<byte>(checked((int)size));
            }
            catch (Exception exception) when (exception is OutOfMemoryException or OverflowException)
            {
                return null;
            }
        }
    }
}
