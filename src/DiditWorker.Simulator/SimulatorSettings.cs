namespace DiditWorker.Simulator;

/// <summary>
/// Everything about the simulated Didit that is a matter of choice or of doubt; changed with <see cref="SimulatorState.Configure"/>.
/// </summary>
public sealed record SimulatorSettings
{
    /// <summary>What <c>GET /simulator/settings</c> shows in place of a key.</summary>
    internal const string Mask = "***";

    private const string AllWorkflows = "all";

    /// <summary>The only accepted <c>x-api-key</c>; null (default) accepts every request.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Status for a wrong or missing key: 401 (default, documented) or 403 (measured).</summary>
    public int BadKeyStatus { get; init; } = 401;

    /// <summary>
    /// Whether an unfinished session of the same vendor_data and workflow comes back instead of a new one; default true (documented). It
    /// does only if it has its URL (<see cref="UrlDelay"/>) and is of the <see cref="WorkflowVersion"/> in force.
    /// </summary>
    public bool ReuseByVendorData { get; init; } = true;

    /// <summary>
    /// Whether a create also gets a session that was made after it had arrived; default true. False: concurrent creates make several.
    /// </summary>
    public bool ReuseConcurrent { get; init; } = true;

    /// <summary>
    /// Whether such a reuse replaces the session's metadata, even by none; default true (documented). The callback is always replaced.
    /// </summary>
    public bool OverwriteMetadata { get; init; } = true;

    /// <summary>
    /// Time after its create before a session has its URL: until then no create gets it back, and neither list nor decision shows a URL.
    /// The create's own reply always does. Default zero.
    /// </summary>
    public TimeSpan UrlDelay { get; init; }

    /// <summary>The latest published version of every workflow, of which new sessions are; 1 (default) or more.</summary>
    public int WorkflowVersion { get; init; } = 1;

    /// <summary>Workflows whose sessions are of kind business (KYB): null (default), <c>all</c>, or UUIDs with commas between.</summary>
    public string? BusinessWorkflows { get; init; }

    /// <summary>Time from create until an unfinished session is Expired; default 7 days (measured).</summary>
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Treatment of <c>Idempotency-Key</c>; default <see cref="HeaderMode.Ignored"/>.</summary>
    public HeaderMode Header { get; init; } = HeaderMode.Ignored;

    /// <summary>How long an honoured key is remembered, from its first use; default 24 hours (article). Zero remembers nothing.</summary>
    public TimeSpan HeaderWindow { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Answer to a repeat of an honoured key; default <see cref="RepeatReply.Original"/>.</summary>
    public RepeatReply RepeatReply { get; init; } = RepeatReply.Original;

    /// <summary>
    /// Answer to an honoured key with another body: 409 (default, documented for Didit's other operations), or as to any repeat.
    /// </summary>
    public RepeatReply OtherBody { get; init; } = RepeatReply.Conflict;

    /// <summary>Number of first repeats of each honoured key that get 409 before the original is given; default 0.</summary>
    public int ConflictCount { get; init; }

    /// <summary>Whether list rows carry metadata; default false.</summary>
    public bool ListReturnsMetadata { get; init; }

    /// <summary>Whether a decision carries metadata; default true.</summary>
    public bool DecisionReturnsMetadata { get; init; } = true;

    /// <summary>Whether list rows carry the workflow's version; default false (not documented). Replies and decisions always do.</summary>
    public bool ListReturnsVersion { get; init; }

    /// <summary>What the list shows to this key; default <see cref="ListScope.Everything"/>.</summary>
    public ListScope ListScope { get; init; } = ListScope.Everything;

    /// <summary>
    /// Status, 400 to 499, that refuses lists of kinds business and all: an account without KYB; null (default) shows them.
    /// </summary>
    public int? BusinessListStatus { get; init; }

    /// <summary>Time after its create before the list shows a session; default zero.</summary>
    public TimeSpan ListLag { get; init; }

    /// <summary>Rows of a list page when the request names no limit; default 10.</summary>
    public int ListDefaultLimit { get; init; } = 10;

    /// <summary>Most rows of a list page, whatever the request asks for; default 100.</summary>
    public int ListMaxLimit { get; init; } = 100;

    /// <summary>
    /// Latency of each accepted create, before its session exists; default zero. The work is done even if the client leaves meanwhile.
    /// </summary>
    public TimeSpan CreateDelay { get; init; }

    /// <summary>Name of the id field in every session reply; default <see cref="SessionIdField.SessionId"/>.</summary>
    public SessionIdField SessionIdField { get; init; } = SessionIdField.SessionId;

    /// <summary>Creates in any 60 seconds before 429; default 0 = no limit. Refused requests do not count.</summary>
    public int RequestsPerMinute { get; init; }

    /// <summary>Lists and decisions together in any 60 seconds before 429; default 0 = no limit.</summary>
    public int GetsPerMinute { get; init; }

    /// <summary>
    /// Whether the <c>X-RateLimit-*</c> headers are sent where there is a limit; default true. <c>Retry-After</c> always is.
    /// </summary>
    public bool RateHeaders { get; init; } = true;

    /// <summary>Paths without their trailing slash; default <see cref="WithoutSlash.Redirected"/>.</summary>
    public WithoutSlash WithoutSlash { get; init; } = WithoutSlash.Redirected;

    /// <summary>The only workflow there is, a UUID; null (default) accepts every one.</summary>
    public string? OnlyWorkflow { get; init; }

    /// <summary>Status for another workflow than <see cref="OnlyWorkflow"/>, 400 to 499; default 400.</summary>
    public int UnknownWorkflowStatus { get; init; } = 400;

    /// <summary>
    /// How far the <c>Date</c> header is ahead of the simulator's clock; null (default) leaves the header to the web server.
    /// </summary>
    public TimeSpan? DateSkew { get; init; }

    /// <summary>Entries the request log keeps, the oldest dropped first; default 200000.</summary>
    public int RequestLogLimit { get; init; } = 200_000;

    /// <summary>Names the type only: a record's own text would show the key.</summary>
    /// <returns>The type's name.</returns>
    public override string ToString() => nameof(SimulatorSettings);

    internal bool IsBusiness(string workflowId) =>
        string.Equals(BusinessWorkflows, AllWorkflows, StringComparison.Ordinal)
        || BusinessWorkflows?.Split(',').Any(id => Guid.TryParse(id, out var one) && one == Guid.Parse(workflowId)) == true;

    internal SimulatorSettings Masked() => this with { ApiKey = ApiKey is null ? null : Mask };

    internal void Check(FieldErrors errors)
    {
        errors.When(string.Equals(ApiKey, Mask, StringComparison.Ordinal), "apiKey",
            "is the mask shown by GET; send the key itself or leave it out");
        errors.When(BadKeyStatus is not (401 or 403), "badKeyStatus", "must be one of 401, 403");
        errors.When(SessionLifetime <= TimeSpan.Zero, "sessionLifetime", "must be above 00:00:00");
        errors.WhenNegative(HeaderWindow, "headerWindow");
        errors.WhenNegative(ListLag, "listLag");
        errors.WhenNegative(UrlDelay, "urlDelay");
        errors.When(WorkflowVersion < 1, "workflowVersion", "must be 1 or more");
        errors.When(
            BusinessWorkflows is { } ids && ids != AllWorkflows && !Array.TrueForAll(ids.Split(','), id => Guid.TryParse(id, out _)),
            "businessWorkflows",
            "must be all, or UUIDs with commas between them");
        errors.When(BusinessListStatus is < 400 or > 499, "businessListStatus", "must be from 400 to 499");
        errors.WhenNotADelay(CreateDelay, "createDelay");
        errors.When(ConflictCount < 0, "conflictCount", "must be 0 or more");
        errors.When(ListDefaultLimit < 1, "listDefaultLimit", "must be 1 or more");
        errors.When(ListMaxLimit < 1, "listMaxLimit", "must be 1 or more");
        errors.When(RequestsPerMinute < 0, "requestsPerMinute", "must be 0 (no limit) or more");
        errors.When(GetsPerMinute < 0, "getsPerMinute", "must be 0 (no limit) or more");
        errors.When(UnknownWorkflowStatus is < 400 or > 499, "unknownWorkflowStatus", "must be from 400 to 499");
        errors.When(OnlyWorkflow is not null && !Guid.TryParse(OnlyWorkflow, out _), "onlyWorkflow", "must be a UUID");
        errors.When(DateSkew is { } skew && skew.Duration() > TimeSpan.FromDays(1), "dateSkew", "must be from -1.00:00:00 to 1.00:00:00");
        errors.When(RequestLogLimit < 1, "requestLogLimit", "must be 1 or more");
    }
}
