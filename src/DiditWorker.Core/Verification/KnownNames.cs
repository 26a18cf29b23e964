namespace DiditWorker.Verification;

/// <summary>The names that the worker reads in messages, in the case in which they are published.</summary>
internal static class KnownNames
{
    /// <summary>Of <see cref="Contracts.StartVerification"/>.</summary>
    public static readonly MemberNames Message = new(
        "vendorData", "workflowId", "callback", "callbackMethod", "language", "metadata", "contactDetails", "expectedDetails",
        "requestedAt", "notAfter");

    /// <summary>Of <see cref="Contracts.ContactDetails"/>.</summary>
    public static readonly MemberNames Contact = new("email", "phone", "emailLang", "sendNotificationEmails");

    /// <summary>Of MassTransit's envelope.</summary>
    public static readonly MemberNames Envelope = new(
        "messageId", "requestId", "correlationId", "conversationId", "initiatorId", "sourceAddress", "destinationAddress",
        "responseAddress", "faultAddress", "messageType", "message", "expirationTime", "sentTime", "headers", "host");

    /// <summary>Whether a name is one of them in exactly this case, and may therefore stand in a fault.</summary>
    public static bool Contain(string name) =>
        new[] { Message, Contact, Envelope }.Any(names => names.Find(name) is >= 0 and var place && names[place] == name);
}
