using System.ComponentModel.DataAnnotations;
using DiditWorker.Protocol;
using DiditWorker.Secrets;

namespace DiditWorker.Didit;

/// <summary>Settings of section <c>Didit</c>.</summary>
public sealed record DiditOptions
{
    private const string Slashes =
        "expected to begin and end with '/' (Didit redirects without the last one, and the redirect drops the key)";

    /// <summary>Where Didit's API is (Didit's API pages).</summary>
    /// <remarks>Allowed: http or https, no path.</remarks>
    public Uri BaseAddress { get; init; } = new("https://verification.didit.me");

    /// <summary>Where sessions are created. Mind the trailing slash: Didit redirects without it, and redirects are refused.</summary>
    /// <remarks>Allowed: begins and ends with <c>/</c>.</remarks>
    [RegularExpression("/([^?]*/)?", ErrorMessage = Slashes)]
    public string CreateSessionPath { get; init; } = "/v3/session/";

    /// <summary>The list that a look-up reads.</summary>
    /// <remarks>Allowed: begins and ends with <c>/</c>.</remarks>
    [RegularExpression("/([^?]*/)?", ErrorMessage = Slashes)]
    public string ListSessionsPath { get; init; } = "/v3/sessions/";

    /// <summary>One session, where the list has no metadata.</summary>
    /// <remarks>Allowed: begins and ends with <c>/</c>.</remarks>
    [RegularExpression("/([^?]*/)?", ErrorMessage = Slashes)]
    public string DecisionPath { get; init; } = "/v3/session/{id}/decision/";

    /// <summary>Where a session is deleted (Didit's API pages: delete session).</summary>
    internal string DeletePath(string sessionId) => $"{CreateSessionPath}{Uri.EscapeDataString(sessionId)}/delete/";

    /// <summary>Sent as <c>x-api-key</c>. One of the two is required.</summary>
    /// <remarks>Allowed: visible ASCII.</remarks>
    public Secret? ApiKey { get => CurrentApiKey?.Invoke() ?? field; init; }

    /// <summary>The file with the key.</summary>
    public string? ApiKeyFile { get; init; }

    /// <summary>Says what the file holds now; null without a file.</summary>
    internal Func<Secret>? CurrentApiKey { get; set; }

    /// <summary>What is wrong with the key: only who asks Didit needs one.</summary>
    internal IReadOnlyList<string> KeyFaults { get; set; } = [];

    /// <summary>The workflow for messages that name none. Without either they are <c>InvalidMessage</c>.</summary>
    /// <remarks>Allowed: UUID with hyphens.</remarks>
    [RegularExpression("[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}", ErrorMessage = "expected a UUID with hyphens")]
    public string? WorkflowId { get; init => field = value?.ToLowerInvariant(); }

    /// <summary>The browser redirect for messages that name none.</summary>
    /// <remarks>Allowed: absolute https or app-scheme URI, up to 2048 characters.</remarks>
    public string? Callback { get; init; }

    /// <summary>How long Didit is taken to remember a key, and how long a record lives. 0: Didit remembers nothing.</summary>
    [TimeRange("00:00:00", "30.00:00:00")]
    public TimeSpan IdempotencyWindow { get; init; } = TimeSpan.FromDays(1);

    /// <summary>What the window is taken to be shorter by; also how far a publisher's clock may be ahead.</summary>
    [TimeRange("00:00:00", "1.00:00:00")]
    public TimeSpan WindowMargin { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long after it was published a message may be repeated without a look-up: the window less its margin; negative for a window of 0.
    /// </summary>
    public TimeSpan UsableWindow => IdempotencyWindow - WindowMargin;

    /// <summary>
    /// When an earlier attempt is possible: <c>Always</c> look up; <c>EveryCreate</c>: look up before every create; <c>OutsideWindow</c>:
    /// inside it, trust the header; <c>Never</c>: inside it, trust the header, outside it, park.
    /// </summary>
    /// <remarks>Allowed: <c>Never</c> not with window 0.</remarks>
    public LookupBeforeResend LookupBeforeResend { get; init; } = LookupBeforeResend.Always;

    /// <summary>
    /// How long Didit's list may lag behind a create: a look-up comes no sooner after an ambiguous attempt, which itself lasts until its
    /// <see cref="AttemptTimeout"/> unless Didit answers.
    /// </summary>
    /// <remarks>Below the total timeout.</remarks>
    [TimeRange("00:00:00", "00:05:00")]
    public TimeSpan LookupDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Kinds of sessions that look-ups ask for. <c>Any</c>: both; a refused list of business sessions means that there are none.
    /// </summary>
    /// <remarks>Allowed: <c>Any</c>, <c>User</c>, <c>Business</c>.</remarks>
    public SessionKinds SessionKind { get; init; } = SessionKinds.Any;

    /// <summary>
    /// Creates a minute, all replicas together (Didit's API pages). <c>Auto</c>: what Didit's <c>X-RateLimit</c> headers say, slower below
    /// 15 % remaining; 300 until they say something, and an hour after they said the last.
    /// </summary>
    /// <remarks>Allowed: 1 to 10000000, or <c>Auto</c>.</remarks>
    public RequestRate RequestsPerMinute { get; init; } = 300;

    /// <summary>Look-up requests a minute, all replicas together (Didit's API pages: GET).</summary>
    [NumberRange(1, 10_000_000)]
    public int LookupsPerMinute { get; init; } = 600;

    /// <summary>
    /// While more urgent requests take all of the rate, as many per cent of it go to the oldest of the less urgent ones, so that none waits
    /// for ever. 0: none. Urgency is AMQP's <c>priority</c>.
    /// </summary>
    [NumberRange(0, 100)]
    public int AgeingPercent { get; init; } = 20;

    /// <summary>
    /// Creates a day, all replicas together, a day being UTC's. Used up, creates pause until the next day, or a higher setting and a
    /// restart; answers from records go on. Not set: as many as come.
    /// </summary>
    [NumberRange(1, 1_000_000_000)]
    public int? CreatesPerDay { get; init; }

    /// <summary>How long one request may take.</summary>
    /// <remarks>At most the total timeout.</remarks>
    [TimeRange("00:00:00.010", "00:10:00")]
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What a request that starts now is taken to last at most: its time-out, and half of it again for a busy machine.</summary>
    public TimeSpan LongestRequest => AttemptTimeout * 1.5;

    /// <summary>How long one attempt with its retries may take; then the message is held and tried again.</summary>
    [TimeRange("00:00:00.010", "00:20:00")]
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the circuit stays open before a probe.</summary>
    [TimeRange("00:00:00.500", "00:10:00")]
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Pause before a probe, where the account or something in front of Didit refuses.</summary>
    [TimeRange("00:00:00.010", "01:00:00")]
    public TimeSpan RefusedPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A report of <c>diditworker probe --report</c>; at start the service warns of each setting that trusts Didit more than was measured.
    /// </summary>
    /// <remarks>Allowed: a file that holds one; a missing or broken one is a fault.</remarks>
    public string? ProbeReportFile { get; init; }

    /// <summary>What the protocol depends on.</summary>
    public ProtocolSettings ProtocolSettings(IdempotencyOptions idempotency) =>
        new(IdempotencyWindow, WindowMargin, LookupBeforeResend, idempotency.WhenRedisUnavailable, idempotency.MaximumAttempts)
        {
            LookupDelay = LookupDelay, LongestRequest = LongestRequest,
        };

    /// <summary>How long a session's URL works, as third parties measured; the workflow decides. Only used for <c>expiresAt</c>.</summary>
    [TimeRange("00:00:01", "365.00:00:00")]
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The key, for a request.</summary>
    /// <exception cref="InvalidConfigurationException">There is none, or it has faults.</exception>
    public string RevealApiKey() =>
        KeyFaults.Count == 0 && ApiKey is { } key ? key.Reveal() : throw new InvalidConfigurationException(KeyFaults);

    /// <summary>Without what it holds: an address may hold something secret.</summary>
    public override string ToString() => nameof(DiditOptions);
}
