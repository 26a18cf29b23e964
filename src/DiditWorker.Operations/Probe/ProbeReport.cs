namespace DiditWorker.Operations.Probe;

/// <summary>What a probe found, as it is printed with <c>--json</c> and written to a file. Nothing in it is secret.</summary>
public sealed record ProbeReport
{
    /// <summary>The format of today.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Of this format.</summary>
    public required int Version { get; init; }

    /// <summary>When the probe ended.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Scheme, host and port of Didit.</summary>
    public required string Address { get; init; }

    /// <summary>Which workflow was used.</summary>
    public required string WorkflowId { get; init; }

    /// <summary>How many requests were sent.</summary>
    public required int Requests { get; init; }

    /// <summary>Why it ended early; null if it did not.</summary>
    public required string? StoppedBecause { get; init; }

    /// <summary>What was measured, in order.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Settings that follow.</summary>
    public required IReadOnlyList<Recommendation> Recommendations { get; init; }

    /// <summary>The finding of this id; null if it was not measured.</summary>
    public Finding? Find(string id) => Findings.FirstOrDefault(finding => finding.Id == id);
}

/// <summary>A setting that fits what was measured.</summary>
/// <param name="Setting">Its name, such as <c>Didit:LookupDelay</c>.</param>
/// <param name="Value">What to set it to, at least or at most.</param>
/// <param name="Because">Why.</param>
public sealed record Recommendation(string Setting, string Value, string Because);
