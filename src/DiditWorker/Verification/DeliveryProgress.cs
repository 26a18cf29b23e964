using MassTransit;

namespace DiditWorker.Verification;

/// <summary>How far a delivery came: lies in its receive context, where the consumer and whoever ends the delivery find it.</summary>
public sealed class DeliveryProgress
{
    /// <summary>What the delivery says about itself; none before that was read, or if it has no usable id.</summary>
    public Delivery? Delivery { get; set; }

    /// <summary>How often Didit was tried for it: each a look-up, a create, or both.</summary>
    public int Attempts { get; set; }

    /// <summary>That of this delivery.</summary>
    public static DeliveryProgress Of(ReceiveContext context) => context.GetOrAddPayload(() => new DeliveryProgress());
}
