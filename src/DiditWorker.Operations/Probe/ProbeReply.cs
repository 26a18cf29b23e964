using System.Text.Json;
using DiditWorker.Didit;

namespace DiditWorker.Operations.Probe;

/// <summary>One reply as it came; time-outs and broken connections are replies without a status.</summary>
/// <param name="Status">HTTP status; 0 if none came.</param>
/// <param name="Headers">All of them, by lower-case name.</param>
/// <param name="Body">Where it is a JSON object.</param>
/// <param name="Sent">When the request left.</param>
/// <param name="Received">When the reply was there.</param>
public sealed record ProbeReply(
    int Status, IReadOnlyDictionary<string, string> Headers, JsonElement? Body, DateTimeOffset Sent, DateTimeOffset Received)
{
    /// <summary>The session's id, by either name; null if the reply has none.</summary>
    public string? SessionId => Body is { } body ? IdIn(body) : null;

    /// <summary>Whether it is a create's answer with a session.</summary>
    public bool IsSession => Status is 200 or 201 && SessionId is not null;

    /// <summary>Whether Didit refuses it for good, in JSON as it says it does: what a gateway says in its place is no verdict.</summary>
    public bool IsRefusal => Status is >= 400 and < 500 and not (408 or 429) && Body is not null;

    /// <summary>
    /// The id in a session's reply or row. It is printed and becomes part of a path, so only what looks like one is taken for one.
    /// </summary>
    internal static string? IdIn(JsonElement session) =>
        (session.Text("session_id") ?? session.Text("uuid")) is { Length: <= 100 } id
            && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? id : null;

    /// <summary>Without what it holds: a session's URL is a secret.</summary>
    public override string ToString() => $"{nameof(ProbeReply)} {Status}";
}

/// <summary>A probe must end now: Didit wants money, refuses the key, or the stated number of requests is used up.</summary>
public sealed class ProbeStoppedException(string why) : Exception(why);
