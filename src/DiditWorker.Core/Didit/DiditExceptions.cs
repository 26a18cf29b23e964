namespace DiditWorker.Didit;

/// <summary>A read did not work; it may work later.</summary>
/// <param name="why">For people; safe to log.</param>
/// <param name="status">The HTTP status, see <see cref="Status"/>.</param>
public sealed class DiditUnavailableException(string why, int status = 0) : Exception(why)
{
    /// <summary>The HTTP status; 0: no reply came.</summary>
    public int Status { get; } = status;
}

/// <summary>Nothing can succeed until somebody acts.</summary>
/// <param name="why">For people; safe to log.</param>
/// <param name="pauseReason">One of <see cref="PauseReasons"/>.</param>
/// <param name="status">The HTTP status.</param>
public sealed class DiditStoppedException(string why, string pauseReason, int status) : Exception(why)
{
    /// <summary>One of <see cref="PauseReasons"/>.</summary>
    public string PauseReason { get; } = pauseReason;

    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;
}
