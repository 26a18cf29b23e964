using DiditWorker.Contracts;
using DiditWorker.Protocol;

namespace DiditWorker.Verification;

/// <summary>How a delivery was answered.</summary>
/// <param name="Session">The session.</param>
/// <param name="Outcome"><c>created</c>, <c>adopted</c> or <c>replayed</c>: the label of <c>diditworker.deliveries</c>.</param>
/// <param name="Attempts">How often Didit was tried for it, in all deliveries; 0: this one did not ask.</param>
public sealed record Answer(DiditSession Session, string Outcome, int Attempts)
{
    /// <summary>The event; the same for every repeat, since everything in it comes from the record and the request.</summary>
    public VerificationSessionCreated ToEvent(Delivery delivery, VerificationRequest request, TimeSpan sessionLifetime) => new()
    {
        RequestId = delivery.RequestId,
        IdempotencyKey = delivery.Key.Value,
        SessionId = Session.Id,
        SessionNumber = Session.Number,
        Url = Session.Url,
        Status = Session.Status,
        VendorData = request.VendorData,
        WorkflowId = Session.WorkflowId,
        CreatedAt = Session.CreatedAt,
        ExpiresAt = Session.CreatedAt + sessionLifetime,
    };
}
