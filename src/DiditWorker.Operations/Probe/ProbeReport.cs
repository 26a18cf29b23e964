namespace DiditWorker.Operations.Probe;

/// <summary>What a probe found, as it is printed with <c>--json</c> and written to a file. Nothing in it is secret.</summary>
/// <param name="Version">Of this format.</param>
/// <param name="At">When the probe ended.</param>
/// <param name="Address">Scheme, host and port of Didit.</param>
/// <param name="WorkflowId">Which workflow was used.</param>
/// <param name="Requests">How many requests were sent.</param>
/// <param name="StoppedBecause">Why it ended early; null if it did not.</param>
/// <param name="Findings">What was measured, in order.</param>
/// <param name="Recommendations">Settings that follow.</param>
public sealed record ProbeReport(
    int Version,
    DateTimeOffset At,
    string Address,
    string WorkflowId,
    int Requests,
    string? StoppedBecause,
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<Recommendation> Recommendations)
{
    /// <summary>The format of today.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The finding of this id; null if it was not measured.</summary>
    public Finding? Find(string id) => Findings.FirstOrDefault(finding => finding.Id == id);
}

/// <summary>A setting that fits what was measured.</summary>
/// <param name="Setting">Its name, such as <c>Didit:LookupDelay</c>.</param>
/// <param name="Value">What to set it to, at least or at most.</param>
/// <param name="Because">Why.</param>
public sealed record Recommendation(string Setting, string Value, string Because);
