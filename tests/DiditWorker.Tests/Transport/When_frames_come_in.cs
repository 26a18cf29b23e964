using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DiditWorker.Operations.Broker;
using NUnit.Framework;
using RabbitMQ.Client;
using Shouldly;

namespace DiditWorker.Tests.Transport;

public sealed class When_frames_come_in
{
    private const int Largest = 1000;

    // content_type, headers {p: decimal of scale 29}, message_id.
    private static readonly byte[] Unreadable =
        [0b1010_0000, 0b1000_0000, 1, (byte)'c', 0, 0, 0, 8, 1, (byte)'p', (byte)'D', 29, 0, 0, 0, 1, 2, (byte)'i', (byte)'d'];

    private readonly List<(string? Id, int? Size)> _setApart = [];

    [Test]
    public async Task What_can_be_read_passes_as_it_is()
    {
        byte[] sent =
        [
            .. Frame(8, 0),
            .. Delivery(
                1,
                Written(new() { MessageId = "a", Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { ["h"] = 1 } }),
                [1, 2, 3],
                2),
        ];

        (await PassAsync(sent)).ShouldBe(sent);
    }

    [Test]
    public async Task Headers_that_cannot_be_read_become_bytes_in_one_that_can()
    {
        Should.Throw<Exception>(() => new ReadOnlyBasicProperties(Unreadable));

        var frames = await PassAsync([.. Delivery(1, Unreadable, [1, 2, 3], 3)]);

        var properties = PropertiesIn(frames);
        (properties.ContentType, properties.MessageId).ShouldBe(("c", "id"));
        ((BinaryTableValue)properties.Headers![UnreadableHeaders.Name]!).Bytes.ShouldBe(Unreadable[8..16]);
        frames[^11..].ShouldBe(Frame(3, 1, 1, 2, 3));
    }

    [Test]
    public async Task A_large_body_is_set_apart_and_a_stub_stands_for_it()
    {
        byte[] large = [.. Enumerable.Repeat((byte)7, Largest + 1)];
        byte[] sent =
        [
            .. Delivery(1, Written(new() { MessageId = "large" }), large, 300),
            .. Delivery(1, Written(new() { MessageId = "small" }), [1], 1),
        ];

        var frames = await PassAsync(sent);

        _setApart.ShouldBe([("large", large.Length)]);
        PropertiesIn(frames).Headers!.Keys.ShouldBe(["stub"]);
        BinaryPrimitives.ReadUInt64BigEndian(frames.AsSpan(Delivered().Length + 11)).ShouldBe(0u);
        frames[^Delivery(1, Written(new() { MessageId = "small" }), [1], 1).Length..]
            .ShouldBe(Delivery(1, Written(new() { MessageId = "small" }), [1], 1));
    }

    [Test]
    public async Task Channels_do_not_mix()
    {
        byte[] large = [.. Enumerable.Repeat((byte)7, Largest + 1)];
        var (one, two) = (
            Delivery(1, Written(new() { MessageId = "one" }), large, 2000), Delivery(2, Written(new() { MessageId = "two" }), [1, 2], 2));
        var end = Frame(3, 1, large).Length;
        byte[] mixed = [.. one[..^end], .. two, .. one[^end..]];

        var frames = await PassAsync(mixed);

        _setApart.ShouldBe([("one", large.Length)]);
        frames.AsSpan().IndexOf(two).ShouldBePositive();
    }

    // A message that the broker returns to its publisher, or that somebody asked for, was expected by somebody.
    [Test]
    public async Task Only_deliveries_are_set_apart()
    {
        byte[] large = [.. Enumerable.Repeat((byte)7, Largest + 1)];
        byte[] sent = [.. Frame(1, 1, 0, 60, 0, 71), .. Content(1, Written(new()), large, 2000)];

        (await PassAsync(sent)).ShouldBe(sent);
        _setApart.ShouldBeEmpty();
    }

    [Test]
    public async Task A_body_without_room_in_memory_is_counted_and_passed_over()
    {
        var header = Content(1, Written(new() { MessageId = "huge" }), [], 1);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(11), uint.MaxValue);
        var frames = new DeliveryFrames(Largest, TakeAsync);
        var output = new ArrayBufferWriter<byte>();
        await frames.PassAsync(Delivered(), output, default);

        await frames.PassAsync(header, output, default);
        await frames.PassAsync(Frame(3, 1, new byte[500]), output, default);

        output.WrittenCount.ShouldBe(Delivered().Length);
    }

    [TestCase("AMQP\0\0\x0\x9")]
    [TestCase("HTTP/1.1 400 Bad Request")]
    [TestCase("\x1\0\0\x7F\x7F\x7F\x7F no frame")]
    public async Task Another_protocol_passes_as_it_is(string sent) =>
        (await PassAsync(Encoding.ASCII.GetBytes(sent))).ShouldBe(Encoding.ASCII.GetBytes(sent));

    // However the network cuts it.
    private async Task<byte[]> PassAsync(byte[] sent)
    {
        byte[]? passed = null;
        foreach (var cut in (int[])[sent.Length, 1, 7, 64])
        {
            _setApart.Clear();
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(listener.LocalEndpoint);
            await using var stream = new DeliveryStream(client, new Pieces(sent, cut), new(Largest, TakeAsync));
            using var all = new MemoryStream();
            await stream.CopyToAsync(all, 5);
            passed ??= all.ToArray();
            all.ToArray().ShouldBe(passed, $"in pieces of {cut}");
        }

        return passed!;
    }

    private Task<BasicProperties> TakeAsync(ReadOnlyBasicProperties properties, byte[]? body, CancellationToken cancellation)
    {
        _setApart.Add((properties.MessageId, body?.Length));
        return Task.FromResult(new BasicProperties { Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { ["stub"] = 1 } });
    }

    private static ReadOnlyBasicProperties PropertiesIn(byte[] frames)
    {
        var header = frames.AsSpan(Delivered().Length);
        return new(header.Slice(19, BinaryPrimitives.ReadInt32BigEndian(header[3..]) - 12));
    }

    private static byte[] Written(BasicProperties properties)
    {
        IAmqpHeader header = properties;
        var bytes = new byte[header.GetRequiredBufferSize()];
        return bytes[..header.WriteTo(bytes)];
    }

    private static byte[] Delivery(byte channel, byte[] properties, byte[] body, int frameSize) =>
        [.. Delivered(channel), .. Content(channel, properties, body, frameSize)];

    private static byte[] Delivered(byte channel = 1) => Frame(1, channel, 0, 60, 0, 60, 1, (byte)'t');

    private static byte[] Content(byte channel, byte[] properties, byte[] body, int frameSize)
    {
        var size = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(size, body.Length);
        return [.. Frame(2, channel, [0, 60, 0, 0, .. size, .. properties]),
            .. body.Chunk(frameSize).SelectMany(part => Frame(3, channel, part))];
    }

    private static byte[] Frame(byte type, byte channel, params byte[] payload)
    {
        var size = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(size, payload.Length);
        return [type, 0, channel, .. size, .. payload, 0xCE];
    }

    private sealed class Pieces(byte[] bytes, int atATime) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, atATime)], cancellationToken);
    }
}
