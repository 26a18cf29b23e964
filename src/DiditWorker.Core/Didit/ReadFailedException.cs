using DiditWorker.Protocol;

namespace DiditWorker.Didit;

/// <summary>A read did not work.</summary>
/// <param name="reply">What came; its words are the message.</param>
public sealed class ReadFailedException(DiditReply reply) : Exception(reply.Why)
{
    /// <summary>What Didit's reply cannot be used for.</summary>
    /// <param name="why">For people; safe to log.</param>
    public ReadFailedException(string why)
        : this(new DiditReply(ReplyKind.Ambiguous, why))
    {
    }

    /// <summary>What came.</summary>
    public DiditReply Reply { get; } = reply;

    /// <summary>The HTTP status; 0: no reply came.</summary>
    public int Status => Reply.Status;
}
