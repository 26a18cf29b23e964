using DiditWorker.Protocol;

namespace DiditWorker.Didit;

/// <summary>What an attempt came to. The failure table of the README in one enumeration.</summary>
public enum ReplyKind
{
    /// <summary>A session, new or handed back by Didit.</summary>
    Created,

    /// <summary>A session of this very key, found by a look-up.</summary>
    Adopted,

    /// <summary>Definite: Didit refuses this request for good.</summary>
    Refused,

    /// <summary>Transient: provably not processed.</summary>
    NotSent,

    /// <summary>Transient: 429.</summary>
    Throttled,

    /// <summary>409: Didit knows the key and wants the original to be fetched.</summary>
    Conflict,

    /// <summary>Sent, and nobody knows what became of it.</summary>
    Ambiguous,

    /// <summary>Nothing can succeed: credentials refused, no credits, or redirected.</summary>
    Stopped,

    /// <summary>A look-up found sessions that it cannot tell apart.</summary>
    Several,

    /// <summary>Somebody else owns the key now.</summary>
    LeaseLost,

    /// <summary>Not sent: Didit might forget the key before the repeat is done.</summary>
    WindowOver,
}

/// <summary>What an attempt came to.</summary>
/// <param name="Kind">The class of it.</param>
/// <param name="Why">For people; safe to log.</param>
public sealed record DiditReply(ReplyKind Kind, string Why)
{
    /// <summary>With <see cref="ReplyKind.Created"/> and <see cref="ReplyKind.Adopted"/>.</summary>
    public DiditSession? Session { get; init; }

    /// <summary>With <see cref="ReplyKind.Throttled"/>: when Didit wants to be asked again.</summary>
    public TimeSpan RetryAfter { get; init; }

    /// <summary>With <see cref="ReplyKind.Stopped"/>: one of <see cref="PauseReasons"/>.</summary>
    public string PauseReason { get; init; } = PauseReasons.CredentialsRefused;
}

/// <summary>Why the worker holds messages; the label values of <c>diditworker.consumer.paused</c>.</summary>
public static class PauseReasons
{
    /// <summary>Too many failures: the circuit is open.</summary>
    public const string CircuitOpen = "circuit_open";

    /// <summary>401 or 403.</summary>
    public const string CredentialsRefused = "credentials_refused";

    /// <summary>402.</summary>
    public const string CreditsMissing = "credits_missing";

    /// <summary>A redirect: base address or path is wrong.</summary>
    public const string Redirected = "redirected";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [CircuitOpen, CredentialsRefused, CreditsMissing, Redirected];
}
