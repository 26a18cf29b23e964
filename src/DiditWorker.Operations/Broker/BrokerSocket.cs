using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using RabbitMQ.Client;

namespace DiditWorker.Operations.Broker;

/// <summary>
/// A connection to one node, encrypted where that is asked for, whose incoming bytes go through <see cref="DeliveryFrames"/>. TLS is done
/// here, since the client library would put it between itself and those.
/// </summary>
/// <param name="family">IPv4 or IPv6.</param>
/// <param name="tls">With what; null: not encrypted.</param>
/// <param name="frames">What reads along.</param>
internal sealed class BrokerSocket(AddressFamily family, SslClientAuthenticationOptions? tls, DeliveryFrames frames)
    : TcpClientAdapter(new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })
{
    private Stream? _stream;

    /// <inheritdoc />
    public override async Task ConnectAsync(IPAddress ep, int port, CancellationToken cancellationToken = default)
    {
        await base.ConnectAsync(ep, port, cancellationToken);
        _stream = new NetworkStream(Client);
        if (tls is not null)
        {
            var encrypted = new SslStream(_stream);
            _stream = encrypted;
            await encrypted.AuthenticateAsClientAsync(tls, cancellationToken);
        }
    }

    /// <inheritdoc />
    public override NetworkStream GetStream() => new DeliveryStream(Client, _stream!, frames);

    /// <inheritdoc />
    public override void Close()
    {
        _stream?.Dispose();
        base.Close();
    }
}
