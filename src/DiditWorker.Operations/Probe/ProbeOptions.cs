namespace DiditWorker.Operations.Probe;

/// <summary>How a probe is to run.</summary>
/// <param name="WorkflowId">The workflow that its sessions are made for.</param>
/// <param name="Tries">How many sessions the list is timed with.</param>
/// <param name="MostRequests">The number of requests that it never exceeds.</param>
/// <param name="Keep">Leaves its sessions there.</param>
internal sealed record ProbeOptions(string WorkflowId, int Tries, int MostRequests, bool Keep);

/// <summary>What a probe can come to, so that it can be told beforehand.</summary>
internal static class ProbePlan
{
    // One more for a request that was answered 429, as often as this.
    private const int Spare = 20;

    private const int Reuse = 2;
    private const int HeaderRepeat = 2 + 1 + (2 * Repeats.MaxCount);
    private const int HeaderOtherBody = 1 + Repeats.MaxCount;
    private const int Concurrent = 2 * (2 + 5);
    private const int Refusals = 4;
    private const int Sight = 1;
    private const int Persons = 15;

    private static int Soon => 2 * SoonExperiments.Most;

    /// <summary>Each create may make one.</summary>
    public static int MostSessions(int tries) => Reuse + HeaderRepeat + HeaderOtherBody + Concurrent + Refusals + Sight + Soon + tries;

    /// <summary>With the look for sessions whose create was not answered, and the deletion of all.</summary>
    public static int MostRequests(int tries) =>
        MostSessions(tries) + SightExperiments.MaxRequests + (tries * (ListExperiments.MaxPolls + 1)) + 1 + 2 + MostSessions(tries)
        + (Lists.Both * (Persons + SoonExperiments.Most + tries)) + Spare;
}
