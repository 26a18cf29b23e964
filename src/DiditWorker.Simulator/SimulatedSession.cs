using System.Text.Json;

namespace DiditWorker.Simulator;

/// <summary>Didit's exact status words.</summary>
public static class SessionStatus
{
    /// <summary>The status of a new session.</summary>
    public const string NotStarted = "Not Started";

    /// <summary>The status of an unfinished session whose lifetime is over.</summary>
    public const string Expired = "Expired";

    /// <summary>All words, in the order of Didit's page.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        NotStarted, "In Progress", "Awaiting User", "In Review", "Approved", "Declined", "Resubmitted", "Abandoned", Expired, "Kyc Expired",
    ];

    /// <summary>Whether a create of the same vendor_data would get this session back.</summary>
    /// <param name="status">A status word.</param>
    /// <returns>True for Not Started, In Progress, Resubmitted and Awaiting User.</returns>
    public static bool IsUnfinished(string status) => status is NotStarted or "In Progress" or "Resubmitted" or "Awaiting User";

    internal static void Check(string status, FieldErrors errors) =>
        errors.When(!All.Contains(status, StringComparer.Ordinal), "status", $"must be one of {string.Join(", ", All)}");
}

/// <summary>Didit's words for what a session verifies.</summary>
public static class SessionKind
{
    /// <summary>A person (KYC).</summary>
    public const string User = "user";

    /// <summary>A company (KYB).</summary>
    public const string Business = "business";

    /// <summary>In a list's <c>session_kind</c>: both.</summary>
    internal const string All = "all";
}

/// <summary>A session as it stands at the moment it was asked for.</summary>
public sealed record SimulatedSession
{
    /// <summary>A UUID, lower case with hyphens.</summary>
    public required string SessionId { get; init; }

    /// <summary>Counts from 1 in order of making.</summary>
    public required int SessionNumber { get; init; }

    /// <summary>The bearer secret that <see cref="Url"/> embeds.</summary>
    public required string SessionToken { get; init; }

    /// <summary>The caller's id of the person, or null.</summary>
    public string? VendorData { get; init; }

    /// <summary>A UUID, lower case with hyphens.</summary>
    public required string WorkflowId { get; init; }

    /// <summary>The latest published version of the workflow when it was made.</summary>
    public int WorkflowVersion { get; init; } = 1;

    /// <summary><c>user</c> or <c>business</c>, as its workflow makes them.</summary>
    public string SessionKind { get; init; } = Simulator.SessionKind.User;

    /// <summary>One of <see cref="SessionStatus.All"/>.</summary>
    public string Status { get; init; } = SessionStatus.NotStarted;

    /// <summary>The last metadata sent for it, or null.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>The last callback sent for it, or null.</summary>
    public string? Callback { get; init; }

    /// <summary>Where the person verifies.</summary>
    public string Url => "https://verify.didit.me/session/" + SessionToken;

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it becomes Expired if still unfinished.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The <c>Idempotency-Key</c> of the request that made it, or null.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Every <c>Idempotency-Key</c> that was answered with it, in order of first use.</summary>
    public IReadOnlyList<string> IdempotencyKeys { get; init; } = [];

    /// <summary>Whether a test put it there, rather than a create.</summary>
    public bool Seeded { get; init; }

    /// <summary>Whether it was deleted over the Didit API, which then no longer shows it.</summary>
    public bool Deleted { get; init; }

    internal bool IsBusiness => string.Equals(SessionKind, Simulator.SessionKind.Business, StringComparison.Ordinal);

    internal bool HasUrl(SimulatorSettings settings, DateTimeOffset now) => CreatedAt + settings.UrlDelay <= now;

    internal SimulatedSession At(DateTimeOffset now) =>
        now >= ExpiresAt && SessionStatus.IsUnfinished(Status) ? this with { Status = SessionStatus.Expired } : this;

    internal SimulatedSession AnsweredTo(string? key) =>
        key is null || IdempotencyKeys.Contains(key, StringComparer.Ordinal) ? this
            : this with { IdempotencyKeys = [.. IdempotencyKeys, key] };
}

/// <summary>A session to put into the simulator directly.</summary>
public sealed record SessionSeed
{
    /// <summary>A UUID not yet used; default: a new one.</summary>
    public string? SessionId { get; init; }

    /// <summary>The caller's id of the person.</summary>
    public required string VendorData { get; init; }

    /// <summary>A UUID.</summary>
    public required string WorkflowId { get; init; }

    /// <summary>One of <see cref="SessionStatus.All"/>; default Not Started.</summary>
    public string Status { get; init; } = SessionStatus.NotStarted;

    /// <summary>A JSON object; default null.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>When it was made; default now.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The workflow's version of which it is, 1 or more; default the one in force.</summary>
    public int? WorkflowVersion { get; init; }

    /// <summary>The key under which it counts as made; default null.</summary>
    public string? IdempotencyKey { get; init; }

    internal void Check(FieldErrors errors)
    {
        errors.When(SessionId is not null && !Guid.TryParse(SessionId, out _), "sessionId", "must be a UUID");
        errors.When(string.IsNullOrEmpty(VendorData), "vendorData", "must be a non-empty string");
        errors.When(!Guid.TryParse(WorkflowId, out _), "workflowId", "must be a UUID");
        errors.When(Metadata is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) }, "metadata", "must be an object");
        errors.When(WorkflowVersion < 1, "workflowVersion", "must be 1 or more");
        SessionStatus.Check(Status, errors);
    }
}
