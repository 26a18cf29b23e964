using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace DiditWorker.Operations.Broker;

/// <summary>What comes from the broker, frame by frame through <see cref="DeliveryFrames"/>; what goes to it, as it is.</summary>
/// <param name="socket">The client library wants a <see cref="NetworkStream"/>, which belongs to a socket.</param>
/// <param name="inner">What is read from and written to.</param>
/// <param name="frames">Reads along.</param>
internal sealed class DeliveryStream(Socket socket, Stream inner, DeliveryFrames frames) : NetworkStream(socket, ownsSocket: false)
{
    /// <summary>In bytes. What says that it is larger is no frame; a broker and its clients agree on 128 KiB by default.</summary>
    public const int MaxFrame = 16 * 1024 * 1024;

    private const int ReadAtATime = 64 * 1024;

    // Type, channel and size before the payload, and one byte after it (AMQP 0-9-1, section 2.3.5).
    private const int FrameHead = 7;
    private const int FrameEnd = 1;

    private readonly ArrayBufferWriter<byte> _out = new(ReadAtATime);
    private byte[] _in = new byte[ReadAtATime];
    private int _start;
    private int _end;
    private int _taken;
    private bool _isForeign;

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_taken == _out.WrittenCount)
        {
            (_taken, var room) = (0, MakeRoom());
            _out.ResetWrittenCount();
            if (await inner.ReadAsync(room, cancellationToken) is not (> 0 and var read))
            {
                return 0;
            }

            _end += read;
            await PassAsync(cancellationToken);
        }

        var count = Math.Min(buffer.Length, _out.WrittenCount - _taken);
        _out.WrittenSpan.Slice(_taken, count).CopyTo(buffer.Span);
        _taken += count;
        return count;
    }

    /// <inheritdoc />
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read asynchronously");

    /// <inheritdoc />
    public override int Read(Span<byte> buffer) => throw new NotSupportedException("read asynchronously");

    /// <inheritdoc />
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc />
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

    /// <inheritdoc />
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    /// <inheritdoc />
    public override void Flush() => inner.Flush();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask PassAsync(CancellationToken cancellation)
    {
        // A broker of another version answers with a protocol header, and what is no broker with anything: the client library says so.
        _isForeign |= _in[_start] is not (1 or 2 or 3 or 8) || (_end - _start >= FrameHead && LengthOfFrame() is < 0 or > MaxFrame);
        if (_isForeign)
        {
            _out.Write(_in.AsSpan(_start, _end - _start));
            _start = _end;
            return;
        }

        while (NextFrame() is { Length: > 0 } frame)
        {
            await frames.PassAsync(frame, _out, cancellation);
            _start += frame.Length;
        }
    }

    private ReadOnlyMemory<byte> NextFrame()
    {
        var available = _end - _start;
        return available >= FrameHead && LengthOfFrame() is > 0 and var length && available >= length
            ? _in.AsMemory(_start, length)
            : default;
    }

    private int LengthOfFrame() => FrameHead + FrameEnd + (int)BinaryPrimitives.ReadUInt32BigEndian(_in.AsSpan(_start + 3));

    // Whole frames only go on, so that there is room for one, whatever size was agreed on (128 KiB by default).
    private Memory<byte> MakeRoom()
    {
        var kept = _end - _start;
        var needed = kept >= FrameHead ? Math.Clamp(LengthOfFrame(), ReadAtATime, MaxFrame) : ReadAtATime;
        var buffer = needed > _in.Length ? new byte[needed] : _in;
        _in.AsSpan(_start, kept).CopyTo(buffer);
        (_in, _start, _end) = (buffer, 0, kept);
        return _in.AsMemory(kept);
    }
}
