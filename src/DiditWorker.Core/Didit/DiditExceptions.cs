namespace DiditWorker.Didit;

/// <summary>A read did not work; it may work later.</summary>
public sealed class DiditUnavailableException(string why) : Exception(why);

/// <summary>Nothing can succeed until somebody acts.</summary>
public sealed class DiditStoppedException(string why, string pauseReason) : Exception(why)
{
    /// <summary>One of <see cref="PauseReasons"/>.</summary>
    public string PauseReason { get; } = pauseReason;
}
