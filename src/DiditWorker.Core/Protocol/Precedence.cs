namespace DiditWorker.Protocol;

/// <summary>Who goes first of those that wait for the same thing: the more urgent one, of equally urgent ones the older one.</summary>
/// <param name="Urgency">AMQP's <c>priority</c>, 0 to 255.</param>
/// <param name="Since">When its message was published; of one that does not say so, when it came.</param>
public readonly record struct Precedence(int Urgency, DateTimeOffset Since = default)
{
    /// <summary>From this urgency on somebody is taken to wait for the answer. 5.</summary>
    /// <remarks>There begins the higher one of the two levels of RabbitMQ 4.0 to 4.2 (its docs, "Quorum Queues", priorities).</remarks>
    public const int Urgent = 5;

    /// <summary>Whether it goes before another one, whichever of the two came first.</summary>
    public bool IsBefore(Precedence other) => Compare(this, other) < 0;

    /// <summary>The order of those that wait for the same thing: by precedence; equal ones in the order of their coming.</summary>
    /// <param name="of">The precedence of one.</param>
    /// <param name="number">In the order of their coming.</param>
    public static IComparer<T> FirstComesFirst<T>(Func<T, Precedence> of, Func<T, long> number) => Comparer<T>.Create(
        (a, b) => Compare(of(a), of(b)) is not 0 and var order ? order : number(a).CompareTo(number(b)));

    private static int Compare(Precedence a, Precedence b) =>
        a.Urgency != b.Urgency ? b.Urgency.CompareTo(a.Urgency) : a.Since.CompareTo(b.Since);

    /// <summary>Whether somebody is taken to wait for the answer.</summary>
    public bool IsUrgent => Urgency >= Urgent;
}
