namespace DiditWorker.Protocol;

/// <summary>Who goes first of those that wait for the same thing: the more urgent one, of equally urgent ones the older one.</summary>
/// <param name="Urgency">AMQP's <c>priority</c>, 0 to 255.</param>
/// <param name="Since">When its message was published; of one that does not say so, when it came.</param>
public readonly record struct Precedence(int Urgency, DateTimeOffset Since = default)
{
    /// <summary>From this urgency on somebody is taken to wait for the answer. 5.</summary>
    /// <remarks>There begins the higher one of the two levels of RabbitMQ 4.0 to 4.2 (its docs, "Quorum Queues", priorities).</remarks>
    public const int Urgent = 5;

    /// <summary>The first one comes first.</summary>
    public static IComparer<Precedence> FirstComesFirst { get; } = Comparer<Precedence>.Create(
        static (a, b) => a.Urgency != b.Urgency ? b.Urgency.CompareTo(a.Urgency) : a.Since.CompareTo(b.Since));

    /// <summary>Whether somebody is taken to wait for the answer.</summary>
    public bool IsUrgent => Urgency >= Urgent;
}
