namespace DiditWorker.Simulator;

/// <summary>An operation of the Didit API.</summary>
public enum DiditOperation
{
    /// <summary>In a fault: create, list, decision and delete. In a filter: everything.</summary>
    Any,

    /// <summary><c>POST /v3/session/</c>.</summary>
    Create,

    /// <summary><c>GET /v3/sessions/</c>.</summary>
    List,

    /// <summary><c>GET /v3/session/{id}/decision/</c>.</summary>
    Decision,

    /// <summary><c>DELETE /v3/session/{id}/delete/</c>.</summary>
    Delete,

    /// <summary><c>GET /system/healthcheck</c>, which needs no key and has no rate limit.</summary>
    Health,

    /// <summary>A path that Didit does not have, such as the target of a redirect that a client followed; answered 404.</summary>
    Other,
}

/// <summary>What a scripted fault does. "Work" is what the operation would do without the fault.</summary>
public enum FaultKind
{
    /// <summary>Wait, then proceed normally.</summary>
    Delay,

    /// <summary>Do the work, then keep silent until the client leaves, or answer once the delay is over.</summary>
    TimeoutAfterCreate,

    /// <summary>Do no work and never answer; the connection is aborted once the delay is over.</summary>
    TimeoutBeforeCreate,

    /// <summary>Do the work, then abort the connection.</summary>
    ResetAfterCreate,

    /// <summary>Abort the connection without work.</summary>
    ResetBeforeCreate,

    /// <summary>Do the work, then answer with <see cref="FaultRule.Status"/> (default 502).</summary>
    StatusAfterCreate,

    /// <summary>Answer with <see cref="FaultRule.Status"/> without work.</summary>
    Status,

    /// <summary>Do the work, then answer its status with a broken JSON body.</summary>
    Malformed,

    /// <summary>Do the work, then answer it after so many spaces that the body has <see cref="FaultRule.Size"/> bytes.</summary>
    Huge,

    /// <summary>Do the work, then answer its status with no body.</summary>
    Empty,

    /// <summary>Answer 307 to <c>/redirected/</c> without work; a Location in <see cref="FaultRule.Headers"/> takes its place.</summary>
    Redirect,
}

/// <summary>The forms in which Didit words a 400 (documented).</summary>
public enum ErrorShape
{
    /// <summary><c>{"field":["message"]}</c>.</summary>
    FieldMap,

    /// <summary><c>{"field":{"field":["message"]}}</c>.</summary>
    Nested,

    /// <summary><c>["message"]</c>.</summary>
    Array,

    /// <summary><c>{"detail":"message"}</c>.</summary>
    Detail,

    /// <summary><c>{"message":"message"}</c>.</summary>
    Message,

    /// <summary><c>{"error":"message"}</c>.</summary>
    Error,
}

/// <summary>
/// A scripted fault. The first one in order of adding that matches and fires takes the request, and later ones do not see it.
/// </summary>
public sealed record FaultRule
{
    /// <summary>The operation it disturbs.</summary>
    public required DiditOperation Operation { get; init; }

    /// <summary>What it does.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>Times it fires; null (default) = until cleared.</summary>
    public int? Count { get; init; }

    /// <summary>Matching requests it lets pass first; default 0.</summary>
    public int Skip { get; init; }

    /// <summary>Chance, 0 to 1, that it fires on a matching request; default 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>Seed of the chance; the same seed gives the same sequence. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Only requests of exactly this vendor_data; null (default) = all.</summary>
    public string? VendorData { get; init; }

    /// <summary>Only requests with exactly this <c>Idempotency-Key</c>; null (default) = all.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>
    /// Length of a timeout (default: until the client leaves). For every other kind a wait before the work or the answer (default 0).
    /// </summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>
    /// HTTP status, 200 to 599: required for <see cref="FaultKind.Status"/>, default 502 for <see cref="FaultKind.StatusAfterCreate"/>.
    /// </summary>
    public int? Status { get; init; }

    /// <summary>Body of a status or malformed answer, verbatim; default: a ready one that suits the status.</summary>
    public string? Body { get; init; }

    /// <summary>Content type of the answer; default: the one of the ready body.</summary>
    public string? ContentType { get; init; }

    /// <summary>The <c>Retry-After</c> header, verbatim; default 1 for status 429, otherwise none. Empty sends none.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>More headers of the answer; they replace those of the same name.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>
    /// Body length of <see cref="FaultKind.Huge"/>, in bytes, never less than the reply's own; default 8 MiB, at most 1 GiB.
    /// </summary>
    public int? Size { get; init; }

    /// <summary>
    /// Form of the ready body; default <see cref="ErrorShape.FieldMap"/> for 400 and <see cref="ErrorShape.Detail"/> for other 4xx.
    /// </summary>
    public ErrorShape? Shape { get; init; }
}
