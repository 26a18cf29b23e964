namespace DiditWorker.Status;

/// <summary>What decides how long a request waits that is published now.</summary>
public sealed record Load
{
    /// <summary>Urgent deliveries that this worker has.</summary>
    public required long UrgentInHand { get; init; }

    /// <summary>The others that it has.</summary>
    public required long OthersInHand { get; init; }

    /// <summary>Deliveries of this worker that wait for a place in the rate; 0: whoever comes is sent at once.</summary>
    public required long WaitingForTheRate { get; init; }

    /// <summary>Ready in the input queue; null: unknown.</summary>
    public required long? Ready { get; init; }

    /// <summary>Workers that consume it.</summary>
    public required long Replicas { get; init; }

    /// <summary>Whether the broker hands out urgent messages first: RabbitMQ from 4.0 on, with a quorum queue.</summary>
    public required bool BrokerSorts { get; init; }

    /// <summary>Creates a second, all replicas together.</summary>
    public required double Rate { get; init; }

    /// <summary>The share of the rate, 0 to 1, that urgent ones leave to the others.</summary>
    public required double Ageing { get; init; }

    /// <summary>How long Didit takes for a create.</summary>
    public required TimeSpan Create { get; init; }
}

/// <summary>How long a request would wait for its answer that is published now: about, since nobody knows what comes after it.</summary>
/// <param name="Urgent">In seconds, for a person who waits (AMQP's priority 5 and more); null: unknown, or creates pause.</param>
/// <param name="Others">Likewise, for any other.</param>
public sealed record WaitEstimate(double? Urgent, double? Others)
{
    /// <summary>Nobody can know.</summary>
    public static readonly WaitEstimate Unknown = new(Urgent: null, Others: null);

    /// <summary>Estimates.</summary>
    public static WaitEstimate Of(Load load)
    {
        if (load.Ready is not { } ready)
        {
            return Unknown;
        }

        var create = load.Create.TotalSeconds;
        if (load.WaitingForTheRate == 0 && ready == 0)
        {
            return new(create, create);
        }

        // Each replica has its part of the rate, and an own line before it; an urgent one is first in the broker's, and last of the urgent
        // ones in the worker's that it comes to.
        var replicas = Math.Max(1, load.Replicas);
        var shared = load.OthersInHand > 0 ? 1 - load.Ageing : 1;
        var urgent = (load.UrgentInHand + 1) * replicas / (load.Rate * Math.Max(shared, 0.01));
        var others = (ready + ((load.OthersInHand + load.UrgentInHand) * replicas)) / load.Rate;
        return new((load.BrokerSorts ? urgent : others) + create, others + create);
    }
}
