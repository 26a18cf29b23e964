namespace DiditWorker.Protocol;

/// <summary>How a key is given back without an answer.</summary>
public enum ReleaseMode
{
    /// <summary>The request was provably never sent: a fresh record goes, an earlier attempt stays ambiguous.</summary>
    Forget,

    /// <summary>An attempt may have been made and counts.</summary>
    Keep,

    /// <summary>An attempt may have been made, but its failure says nothing about this request.</summary>
    Uncounted,

    /// <summary>Parked: the next replay starts to count from the beginning.</summary>
    Reset,
}
