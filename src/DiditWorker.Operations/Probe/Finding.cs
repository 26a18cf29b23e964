using System.Text.Json.Serialization;

namespace DiditWorker.Operations.Probe;

/// <summary>One thing that a probe measured.</summary>
/// <param name="Id">One of <see cref="FindingIds"/>.</param>
/// <param name="Verdict">One word of those that its id allows, or <see cref="Inconclusive"/>; for programs.</param>
/// <param name="Measured">What was seen, for people; no secret, no URL of a session.</param>
/// <param name="Numbers">What was counted or timed, by name; times in seconds.</param>
public sealed record Finding(
    string Id, string Verdict, string Measured,
    [property: JsonPropertyOrder(1)] IReadOnlyDictionary<string, double>? Numbers = null)
{
    /// <summary>What the worker assumes.</summary>
    [JsonRequired]
    public string Assumes { get; init; } = "";

    /// <summary>What follows for its settings.</summary>
    [JsonRequired]
    public string Follows { get; init; } = "";

    /// <summary>The replies do not tell: malformed, missing, slow, or contradicting each other. Never a guess.</summary>
    public const string Inconclusive = "inconclusive";
}

/// <summary>What a probe measures, and the verdicts there are (beside <see cref="Finding.Inconclusive"/>).</summary>
public static class FindingIds
{
    /// <summary>
    /// The same <c>Idempotency-Key</c> again, after its session has ended: <c>honoured</c>, <c>conflict</c> (409), <c>ignored</c> (another
    /// session).
    /// </summary>
    public const string HeaderRepeat = "header.repeat";

    /// <summary>The same key with another body: <c>original</c>, <c>conflict</c>, <c>refused</c> (another 4xx), <c>created</c>.</summary>
    public const string HeaderOtherBody = "header.other-body";

    /// <summary>
    /// How long a key is honoured: <c>measured</c> with numbers <c>atLeast</c> and, once one was forgotten, <c>atMost</c>.
    /// </summary>
    public const string HeaderWindow = "header.window";

    /// <summary>A create for the same <c>vendor_data</c> while its session is unfinished: <c>reused</c>, <c>created</c>.</summary>
    public const string Reuse = "reuse";

    /// <summary>The metadata of a session that was handed back: <c>overwritten</c>, <c>kept</c>; <c>not-reused</c>.</summary>
    public const string ReuseMetadata = "reuse.metadata";

    /// <summary>
    /// How soon after a create another one for the same <c>vendor_data</c> is handed back its session: <c>measured</c> with number
    /// <c>after</c>, the shortest time that was seen to be enough; <c>never</c>: not within 1 second.
    /// </summary>
    public const string ReuseAfter = "reuse.after";

    /// <summary>Two creates at once with one key: <c>one</c>, <c>several</c>, <c>conflict</c> (one session, the others 409).</summary>
    public const string TwoWithOneKey = "concurrent.key-2";

    /// <summary>Five creates at once with one key.</summary>
    public const string FiveWithOneKey = "concurrent.key-5";

    /// <summary>Two creates at once for one <c>vendor_data</c> with different keys: <c>one</c>, <c>several</c>.</summary>
    public const string TwoForOnePerson = "concurrent.vendor-data-2";

    /// <summary>Five creates at once for one <c>vendor_data</c>.</summary>
    public const string FiveForOnePerson = "concurrent.vendor-data-5";

    /// <summary>Which kind of sessions the workflow makes: <c>user</c>, <c>business</c>.</summary>
    public const string Kind = "session.kind";

    /// <summary>Whether the list shows what this API key creates: <c>yes</c>; <c>no</c>: not within 30 seconds; <c>refused</c>.</summary>
    public const string ListOwn = "list.own";

    /// <summary>The list of business sessions: <c>shown</c>, also where it is empty; <c>refused</c>.</summary>
    public const string BusinessList = "list.business";

    /// <summary>
    /// How long after a create the list shows it: <c>measured</c> with numbers <c>tries</c>, <c>min</c>, <c>median</c>, <c>max</c>.
    /// </summary>
    public const string ListLag = "list.lag";

    /// <summary>Whether rows of the list have <c>metadata</c>: <c>yes</c>, <c>no</c>.</summary>
    public const string ListMetadata = "list.metadata";

    /// <summary>Whether the decision has <c>metadata</c>: <c>yes</c>, <c>no</c>.</summary>
    public const string DecisionMetadata = "decision.metadata";

    /// <summary>Which rate-limit headers come: <c>some</c> with number <c>limit</c> where one tells it, <c>none</c>.</summary>
    public const string RateHeaders = "rate.headers";

    /// <summary>A wrong API key: the status, such as <c>401</c>.</summary>
    public const string WrongKey = "error.key";

    /// <summary>A workflow that does not exist: the status.</summary>
    public const string UnknownWorkflow = "error.workflow";

    /// <summary>A field of the wrong type: the status.</summary>
    public const string BadField = "error.field";

    /// <summary>What the id of a session is called: <c>session_id</c>, <c>uuid</c>, <c>both</c>.</summary>
    public const string IdField = "id.field";

    /// <summary>The create path without its trailing slash: <c>redirected</c>, <c>works</c>, <c>refused</c>.</summary>
    public const string WithoutSlash = "path.without-slash";

    /// <summary>
    /// Didit's clock against this one, from the <c>Date</c> header: <c>measured</c> with number <c>seconds</c> (positive: Didit is ahead).
    /// </summary>
    public const string Clock = "clock";
}
