using DiditWorker.Secrets;

namespace DiditWorker.Operations.Broker;

/// <summary>How the broker is reached, as the settings are now: address and secrets may change while the worker runs.</summary>
/// <param name="address">What <c>ConnectionStrings:RabbitMq</c>, or the file that it comes from, says now.</param>
/// <param name="certificates">Section <c>RabbitMq</c>: whom to trust, and what to show.</param>
/// <param name="maximumBodySize"><c>StartVerification:MaximumBodySize</c>, in bytes.</param>
public sealed class BrokerAccess(Func<BrokerAddress> address, PeerCertificates certificates, int maximumBodySize)
{
    /// <summary>Where it is, and who connects.</summary>
    public BrokerAddress Address => address();

    /// <summary>Whom to trust, and what to show.</summary>
    public PeerCertificates Certificates => certificates;

    /// <summary>From how many bytes on a body is not held by the dozen.</summary>
    public int MaximumBodySize => maximumBodySize;
}
