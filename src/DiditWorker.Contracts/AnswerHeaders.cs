namespace DiditWorker.Contracts;

/// <summary>
/// Headers of the answers, beside what MassTransit sets. They tell of a delivery, so they may differ from repeat to repeat.
/// </summary>
public static class AnswerHeaders
{
    /// <summary>
    /// How the worker came by the answer: <c>created</c>, <c>adopted</c> (an earlier attempt's session, found at Didit), <c>replayed</c>
    /// (from its record, without a request to Didit) or <c>rejected</c>. For people and statistics; nothing should be decided by it.
    /// </summary>
    public const string Outcome = "DiditWorker-Outcome";
}
