using System.Globalization;
using System.Text.Json;
using DiditWorker.Contracts;
using DiditWorker.Operations.Replay;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Send;

/// <summary>What <c>send</c> prints, without the person's data: the answer repeats <c>vendorData</c>.</summary>
internal sealed record SentView(string RequestId, string Key)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary><see cref="AnswerHeaders.Outcome"/>.</summary>
    public string? Outcome { get; private init; }

    public string? SessionId { get; private init; }

    public long? SessionNumber { get; private init; }

    public string? Status { get; private init; }

    public DateTimeOffset? ExpiresAt { get; private init; }

    public string? Url { get; private init; }

    public string? Code { get; private init; }

    public string? Reason { get; private init; }

    public static SentView Of(string requestId, HeardAnswer answer, bool showUrl)
    {
        var view = new SentView(requestId, answer.Key.ToString()) { Outcome = answer.Outcome };
        if (!answer.Created)
        {
            return view with { Code = answer.Code, Reason = answer.Message.Deserialize<VerificationSessionRejected>(Json)!.Reason };
        }

        var session = answer.Message.Deserialize<VerificationSessionCreated>(Json)!;
        return view with
        {
            SessionId = session.SessionId,
            SessionNumber = session.SessionNumber,
            Status = session.Status,
            ExpiresAt = session.ExpiresAt,
            Url = showUrl ? session.Url : null,
        };
    }

    public IEnumerable<(string Label, string Text)> Rows() => new (string Label, string? Text)[]
    {
        ("request id", RequestId),
        ("key", Key),
        ("outcome", Outcome),
        ("session", SessionId),
        ("number", SessionNumber?.ToString(CultureInfo.InvariantCulture)),
        ("status", Status),
        ("expires", ExpiresAt is { } at ? Output.Time(at) : null),
        ("url", Url),
        ("code", Code),
        ("reason", Reason),
    }.Where(row => row.Text is not null).Select(row => (row.Label, row.Text!));

    /// <summary>Without what it holds: a session's URL is a secret.</summary>
    public override string ToString() => $"{nameof(SentView)} {RequestId}";
}
