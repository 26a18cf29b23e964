using DiditWorker.Protocol;

namespace DiditWorker.Didit;

/// <summary>Settings of section <c>Didit</c>.</summary>
public sealed record DiditOptions
{
    /// <summary>Default <c>https://verification.didit.me</c> (Didit's API pages).</summary>
    public Uri BaseAddress { get; init; } = new("https://verification.didit.me");

    /// <summary>Default <c>/v3/session/</c>. Mind the trailing slash: Didit redirects without it, and redirects are refused.</summary>
    public string CreateSessionPath { get; init; } = "/v3/session/";

    /// <summary>Default <c>/v3/sessions/</c>: the list that a look-up reads.</summary>
    public string ListSessionsPath { get; init; } = "/v3/sessions/";

    /// <summary>Default <c>/v3/session/{id}/decision/</c>: one session, read where the list has no metadata.</summary>
    public string DecisionPath { get; init; } = "/v3/session/{id}/decision/";

    /// <summary>Sent as <c>x-api-key</c>. Required, unless <see cref="CurrentApiKey"/> is set.</summary>
    public required string ApiKey { get => CurrentApiKey?.Invoke() ?? field; init; }

    /// <summary>Says what the key is now, where it may change. Default: null.</summary>
    public Func<string>? CurrentApiKey { get; init; }

    /// <summary>The workflow for messages that name none. Default null.</summary>
    public string? WorkflowId { get; init; }

    /// <summary>The browser redirect for messages that name none. Default null.</summary>
    public string? Callback { get; init; }

    /// <summary>How long Didit is taken to remember a key; also the TTL of a record. Default 1 day; 0: Didit remembers nothing.</summary>
    public TimeSpan IdempotencyWindow { get; init; } = TimeSpan.FromDays(1);

    /// <summary>What the window is taken to be shorter by: clock differences and the time of a request. Default 5 minutes.</summary>
    public TimeSpan WindowMargin { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long after it was published a message may be repeated without a look-up: the window less its margin; negative for a window of 0.
    /// </summary>
    public TimeSpan UsableWindow => IdempotencyWindow - WindowMargin;

    /// <summary>Default <see cref="LookupBeforeResend.Always"/>.</summary>
    public LookupBeforeResend LookupBeforeResend { get; init; } = LookupBeforeResend.Always;

    /// <summary>
    /// How long Didit's list may lag behind a create: a look-up comes no sooner after an ambiguous attempt, which itself lasts until its
    /// <see cref="AttemptTimeout"/> unless Didit answers. Default 2 seconds.
    /// </summary>
    public TimeSpan LookupDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Which kinds of sessions a look-up asks for. Default <see cref="SessionKinds.Any"/>.</summary>
    public SessionKinds SessionKind { get; init; } = SessionKinds.Any;

    /// <summary>Creates a minute, shared by all replicas. Default 300 (Didit's API pages).</summary>
    public int RequestsPerMinute { get; init; } = 300;

    /// <summary>Look-up requests a minute, shared by all replicas. Default 600 (Didit's API pages: GET).</summary>
    public int LookupsPerMinute { get; init; } = 600;

    /// <summary>Bound on one request. Default 10 seconds.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What a request that starts now is taken to last at most: its time-out, and half of it again for a busy machine.</summary>
    public TimeSpan LongestRequest => AttemptTimeout * 1.5;

    /// <summary>Bound on all attempts of one delivery; then the message is held and tried again. Default 1 minute.</summary>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the circuit stays open before one request probes. Default 5 seconds.</summary>
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to pause after refused credentials or missing credits before one request probes. Default 5 seconds.</summary>
    public TimeSpan RefusedPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A report of <c>diditworker probe</c> that the settings are compared with at start. Default null.</summary>
    public string? ProbeReportFile { get; init; }

    /// <summary>What the protocol depends on.</summary>
    public ProtocolSettings ProtocolSettings(IdempotencyOptions idempotency) =>
        new(IdempotencyWindow, WindowMargin, LookupBeforeResend, idempotency.WhenRedisUnavailable, idempotency.MaximumAttempts)
        {
            LookupDelay = LookupDelay, LongestRequest = LongestRequest,
        };

    /// <summary>How long a session's URL works: 7 days, as third parties measured; the workflow decides.</summary>
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Without what it holds: the API key is a secret.</summary>
    public override string ToString() => nameof(DiditOptions);
}
