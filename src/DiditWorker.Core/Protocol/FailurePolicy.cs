namespace DiditWorker.Protocol;

/// <summary>What a request to Didit does.</summary>
public enum Operation
{
    /// <summary>It makes a session.</summary>
    Create,

    /// <summary>It reads a list or a session.</summary>
    Read,
}

/// <summary>What happened to other messages lately, at the same kind of request.</summary>
/// <param name="Succeeded">Whether a request of another one succeeded that was sent after this message's latest failure, or since it
/// came.</param>
/// <param name="InARow">How many different messages, this one included, got a reply of this kind since anybody succeeded.</param>
/// <param name="AlikeInARow">How many of them, this one included, got the very same words.</param>
public readonly record struct OthersLately(bool Succeeded, int InARow, int AlikeInARow);

/// <summary>Whose fault a reply is, and what follows.</summary>
/// <param name="Final">The message is refused for good. Only this is stored.</param>
/// <param name="Counts">It counts against the message.</param>
/// <param name="Pause">Requests of this kind pause for this reason, one of <see cref="PauseReasons"/>; null: they go on.</param>
/// <param name="Works">Didit works: a pause that began before the request ends.</param>
public readonly record struct Verdict(bool Final = false, bool Counts = false, string? Pause = null, bool Works = false);

/// <summary>
/// Whose fault a bad reply is: the message's, an endpoint's or the account's. One pure function over the reply and what happened to other
/// messages lately. That too many requests fail whatever the reply is the circuit's to say (<c>DiditPipeline</c>); it pauses by the same
/// gate.
/// </summary>
public static class FailurePolicy
{
    /// <summary>From how many different messages in a row on a strange reply is the endpoint's or the account's fault.</summary>
    public const int MessagesInARow = 5;

    /// <summary>Judges. Total.</summary>
    /// <param name="operation">What was asked.</param>
    /// <param name="kind">What came.</param>
    /// <param name="others">What came to others.</param>
    /// <param name="ownWorkflow">Whether the message names its workflow itself, and it is not the default one.</param>
    public static Verdict Judge(Operation operation, ReplyKind kind, OthersLately others, bool ownWorkflow) => kind switch
    {
        ReplyKind.Answered => new(Works: true),
        ReplyKind.Refused when operation == Operation.Create => others.AlikeInARow >= MessagesInARow
            ? new(Pause: PauseReasons.EverythingRefused)
            : new(Final: true, Works: true),
        ReplyKind.WorkflowUnknown when operation == Operation.Create => ownWorkflow
            ? new(Final: true, Works: true)
            : new(Pause: PauseReasons.DefaultWorkflowUnknown),
        ReplyKind.CreditsMissing => new(Pause: PauseReasons.CreditsMissing),
        ReplyKind.BillingSuspended => new(Pause: PauseReasons.BillingSuspended),
        ReplyKind.ApplicationDeleted => new(Pause: PauseReasons.ApplicationDeleted),
        ReplyKind.KeyRefused => new(Pause: PauseReasons.CredentialsRefused),
        ReplyKind.Redirected => new(Pause: PauseReasons.Redirected),
        ReplyKind.Forbidden => Suspect(others, PauseReasons.CredentialsRefused),
        ReplyKind.Refused or ReplyKind.WorkflowUnknown or ReplyKind.Strange => Suspect(others, PauseReasons.SomethingInFront),
        ReplyKind.NotSent or ReplyKind.Ambiguous => new(Counts: others.Succeeded),
        _ => default,
    };

    private static Verdict Suspect(OthersLately others, string reason) => others.InARow >= MessagesInARow
        ? new(Pause: reason)
        : new(Counts: others.Succeeded);
}

/// <summary>Why requests to Didit pause; the label values of <c>diditworker.consumer.paused</c>.</summary>
public static class PauseReasons
{
    /// <summary>Too many failures: the circuit is open.</summary>
    public const string CircuitOpen = "circuit_open";

    /// <summary>401, or 403 for everybody.</summary>
    public const string CredentialsRefused = "credentials_refused";

    /// <summary>The account has no credits.</summary>
    public const string CreditsMissing = "credits_missing";

    /// <summary>The contract's billing is suspended.</summary>
    public const string BillingSuspended = "billing_suspended";

    /// <summary>The application that the key belongs to was deleted.</summary>
    public const string ApplicationDeleted = "application_deleted";

    /// <summary>Didit does not know <c>Didit:WorkflowId</c>.</summary>
    public const string DefaultWorkflowUnknown = "default_workflow_unknown";

    /// <summary>Different messages in a row are refused with the same words.</summary>
    public const string EverythingRefused = "everything_refused";

    /// <summary>A proxy, gateway or firewall answers in Didit's place.</summary>
    public const string SomethingInFront = "something_in_front";

    /// <summary>A redirect: base address or path is wrong.</summary>
    public const string Redirected = "redirected";

    /// <summary>A person has ordered it; no reply of Didit's ends it.</summary>
    public const string Operator = "operator";

    /// <summary><c>Didit:CreatesPerDay</c> is used up; no reply of Didit's ends it.</summary>
    public const string Budget = "budget";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        CircuitOpen, CredentialsRefused, CreditsMissing, BillingSuspended, ApplicationDeleted, DefaultWorkflowUnknown, EverythingRefused,
        SomethingInFront, Redirected, Operator, Budget,
    ];
}
