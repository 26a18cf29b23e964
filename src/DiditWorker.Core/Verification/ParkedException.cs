using DiditWorker.Contracts;
using DiditWorker.Observability;

namespace DiditWorker.Verification;

/// <summary>A delivery ends without a session for its message.</summary>
public abstract class DeliveryEndedException(string reason) : Exception(reason)
{
    /// <summary>Whose it is; null before that was read, or if it has no usable id.</summary>
    public Delivery? Delivery { get; set; }

    /// <summary>How often Didit was tried for it, in all deliveries; 0: this one did not ask.</summary>
    public int Attempts { get; set; }
}

/// <summary>The message cannot be answered with a session: it is rejected. The text is safe to log.</summary>
public abstract class RejectedException(string code, string reason) : DeliveryEndedException(reason)
{
    /// <summary>One of <see cref="RejectionCodes"/>.</summary>
    public string Code { get; } = code;

    /// <summary>The label of <c>diditworker.deliveries</c>: whether it is refused for good, or a person must decide.</summary>
    public string Outcome => Code is RejectionCodes.AmbiguousSession or RejectionCodes.AttemptsExhausted
        ? DeliveryOutcomes.Parked
        : DeliveryOutcomes.Rejected;

    /// <summary>From the request, where it could be read.</summary>
    public string? VendorData { get; init; }

    /// <summary>From the request or the default, where it could be read.</summary>
    public string? WorkflowId { get; init; }

    /// <summary>Whether the rejection has been published.</summary>
    public bool Answered { get; set; }

    /// <summary>The event; the same for every repeat.</summary>
    /// <param name="delivery">Whose it is.</param>
    /// <param name="request">Where it could be read.</param>
    public VerificationSessionRejected ToEvent(Delivery delivery, VerificationRequest? request) => new()
    {
        RequestId = delivery.RequestId,
        IdempotencyKey = delivery.Key.Value,
        Code = Code,
        Reason = Message,
        VendorData = request?.VendorData ?? VendorData,
        WorkflowId = request?.WorkflowId ?? WorkflowId,
    };
}

/// <summary>
/// It is parked as well. One flat type per code, since the error queue's headers keep only the innermost exception.
/// </summary>
public abstract class ParkedException(string code, string reason) : RejectedException(code, reason);

/// <summary>Its deadline is over. Nobody waits any more, so it is answered and acknowledged.</summary>
public sealed class ExpiredException(string reason) : RejectedException(RejectionCodes.Expired, reason);

/// <summary>The message cannot be read or breaks a rule.</summary>
public sealed class InvalidMessageException(string reason) : ParkedException(RejectionCodes.InvalidMessage, reason);

/// <summary>Another payload came first under the same request id.</summary>
public sealed class PayloadMismatchException(string reason) : ParkedException(RejectionCodes.PayloadMismatch, reason);

/// <summary>Didit refused the request for good.</summary>
public sealed class RefusedByDiditException(string reason) : ParkedException(RejectionCodes.RefusedByDidit, reason);

/// <summary>An earlier attempt may have made one of several sessions.</summary>
public sealed class AmbiguousSessionException(string reason) : ParkedException(RejectionCodes.AmbiguousSession, reason);

/// <summary>The request failed too often while others succeeded.</summary>
public sealed class AttemptsExhaustedException(string reason) : ParkedException(RejectionCodes.AttemptsExhausted, reason);

/// <summary>The message was held for as long as a message may be held; it goes back to the queue, not to the error queue.</summary>
public sealed class ReturnToQueueException(string reason) : DeliveryEndedException(reason);
