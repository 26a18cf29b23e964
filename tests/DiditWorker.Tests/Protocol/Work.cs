namespace DiditWorker.Tests.Protocol;

/// <summary>A create of a delivery, as Didit sees it.</summary>
internal enum Request
{
    None,

    /// <summary>Under way.</summary>
    Out,
    Created,
    Refused,
    Conflict,
}

/// <summary>One delivery at work: where it stands by the protocol, and what the interpreter of effects holds for it.</summary>
internal sealed record Work(int Owner, Copy Copy, int Key, Standing At)
{
    /// <summary>The broker has given the message to somebody else; this one goes on without knowing.</summary>
    public bool TakenBack { get; init; }

    /// <summary>How many ticks it takes its lease to have left without asking.</summary>
    public int Belief { get; init; }

    public Request Request { get; init; }

    /// <summary>Whether it has sent a create in this round: it sends again after a 409.</summary>
    public bool Sent { get; init; }

    /// <summary>The answer that it holds.</summary>
    public Payload? Answer { get; init; }

    public bool Published { get; init; }

    /// <summary>Planted: what it has read and will overwrite, if anything.</summary>
    public (ModelRecord? Record, bool Is) Read { get; init; }
}
