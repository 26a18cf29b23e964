using System.Text.Json.Nodes;

namespace DiditWorker.Contracts;

/// <summary>
/// Asks for one Didit verification session. Publish it with a message id of your own: that id is the request id, and every
/// delivery under the same id leads to the same session and the same answer.
/// </summary>
/// <remarks>
/// Answered by <see cref="VerificationSessionCreated"/> or <see cref="VerificationSessionRejected"/>.
/// The JSON members are in camelCase, and are read in any case. A member that is <see langword="null"/> counts as absent.
/// </remarks>
public sealed record StartVerification
{
    /// <summary>
    /// The caller's own id for the person, 1 to 255 characters. Didit groups a person's sessions by it, so put no personal data in it.
    /// </summary>
    public required string VendorData { get; init; }

    /// <summary>
    /// The Didit workflow (a UUID). Default: the worker's <c>Didit:WorkflowId</c>; where neither is set the message is rejected.
    /// </summary>
    public string? WorkflowId { get; init; }

    /// <summary>
    /// Where the browser goes afterwards: an absolute <c>https</c> or app-scheme URI. It is not a webhook. Default: the worker's
    /// <c>Didit:Callback</c>.
    /// </summary>
    public string? Callback { get; init; }

    /// <summary>Which device follows <see cref="Callback"/>: one of <see cref="CallbackMethods"/>. Default: Didit's.</summary>
    public string? CallbackMethod { get; init; }

    /// <summary>The language of Didit's pages, for example <c>en</c>. Default: Didit's.</summary>
    public string? Language { get; init; }

    /// <summary>
    /// Data that Didit keeps with the session; at most 16 KiB as JSON. The member <c>diditworker_key</c> is reserved for the worker,
    /// and a message that carries it is rejected.
    /// </summary>
    public JsonObject? Metadata { get; init; }

    /// <summary>How Didit may reach the person. Personal data: never logged by the worker.</summary>
    public ContactDetails? ContactDetails { get; init; }

    /// <summary>
    /// What the person's documents should say, with Didit's own member names (<c>first_name</c>, <c>date_of_birth</c>, …); passed on
    /// unchanged. Personal data: never logged by the worker.
    /// </summary>
    public JsonObject? ExpectedDetails { get; init; }

    /// <summary>
    /// When this request was first made. Store it with the request id, and send the same one with every repeat: MassTransit stamps each
    /// publication with the time of that publication, so that a late repeat looks like a new request. The earliest of it, the envelope's
    /// <c>sentTime</c> and AMQP's <c>timestamp</c> counts; a time before 2020 or in the future says nothing. Default: those two. Goes
    /// neither to Didit nor into the comparison of payloads.
    /// </summary>
    public DateTimeOffset? RequestedAt { get; init; }

    /// <summary>
    /// Until when somebody waits for the answer; after it no session is made, and the answer is <see cref="RejectionCodes.Expired"/>. With
    /// MassTransit's envelope its <c>expirationTime</c> counts as well, the earlier of the two. A time before 2020 says nothing. Default:
    /// no deadline. Goes neither to Didit nor into the comparison of payloads.
    /// </summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Without what it holds: much of it may be personal.</summary>
    public override string ToString() => nameof(StartVerification);
}
