namespace DiditWorker.Tests.Protocol;

/// <summary>How often each thing may still happen.</summary>
internal readonly record struct Budget
{
    public int Crashes { get; init; }

    public int Stops { get; init; }

    public int Cuts { get; init; }

    public int Timeouts { get; init; }

    /// <summary>Creates and look-ups that fail without having done anything.</summary>
    public int NotSent { get; init; }

    /// <summary>Times at which a delivery meets a pause of creates or of reads.</summary>
    public int Pauses { get; init; }

    public int Finishes { get; init; }

    public int Windows { get; init; }

    /// <summary>Single records.</summary>
    public int Losses { get; init; }

    /// <summary>Everything, the marker of the horizon included.</summary>
    public int Wipes { get; init; }

    public int Failovers { get; init; }

    public int LostReplies { get; init; }

    public int Outages { get; init; }

    public int Replays { get; init; }

    /// <summary>Times at which a person names the sessions that are not a parked message's.</summary>
    public int Exclusions { get; init; }
}
