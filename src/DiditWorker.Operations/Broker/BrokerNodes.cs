using RabbitMQ.Client;

namespace DiditWorker.Operations.Broker;

/// <summary>The nodes of a broker in any order, so that not every worker is at the first one.</summary>
/// <param name="address">Where they are.</param>
/// <param name="trying">Told which one is tried next, since a socket hears its IP address only and TLS expects its name.</param>
internal sealed class BrokerNodes(BrokerAddress address, Action<string> trying) : IEndpointResolver
{
    /// <inheritdoc />
    public IEnumerable<AmqpTcpEndpoint> All()
    {
        var nodes = address.Hosts.Select(node => new AmqpTcpEndpoint(node.Host, node.Port, new SslOption(), DeliveryStream.MaxFrame));
        foreach (var node in new DefaultEndpointResolver(nodes).All())
        {
            trying(node.HostName);
            yield return node;
        }
    }
}
