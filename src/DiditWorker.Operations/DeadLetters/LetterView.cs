using DiditWorker.Operations.Broker;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;

namespace DiditWorker.Operations.DeadLetters;

/// <summary>One dead letter as people and scripts may see it.</summary>
internal sealed class LetterView(
    DeadLetter letter, Prediction prediction, ProtocolSettings settings, DateTimeOffset now, bool showBody)
{
    private const string Redacted = "***";

    // The text of an exception may quote the message; that of a broker's own dead-lettering is put together here.
    private readonly string? _faultMessage =
        showBody || letter.FaultMessage is null || letter.IsFaultSafe ? letter.FaultMessage : Redacted;

    private readonly RecordView? _record = ViewOf(prediction, settings);

    private readonly string _body = showBody ? Redaction.Open(letter.Body) : Redaction.Of(letter.Body);

    /// <summary>The stack of the fault.</summary>
    public string Stack => letter.Properties.Header("MT-Fault-StackTrace") is not { } stack ? "The fault has no stack."
        : showBody ? stack : "The stack may quote the message: --stack --show-body (leaves an audit line).";

    /// <summary>What it is, the most telling first.</summary>
    public IEnumerable<(string Label, string Text)> Rows() =>
    [
        ("request id", letter.Delivery?.RequestId ?? "none that could be used"),
        ("fault", $"{letter.Group}: {(showBody ? letter.FaultMessage ?? letter.FaultInWords : letter.FaultInWords)}"),
        .. letter.Invalid is { } invalid && invalid != letter.FaultMessage
            ? [("readable", $"no: {invalid}")] : Enumerable.Empty<(string, string)>(),
        ("parked", letter.FaultedAt is { } parked ? Ago(parked) : "it does not say when"),
        ("published", letter.Delivery?.PublishedAt is { } published ? Ago(published) : "it does not say when"),
        ("window", Window()),
        .. letter.Delivery?.Deadline is { } deadline ? [("deadline", Until(deadline))] : Enumerable.Empty<(string, string)>(),
        ("body", $"{_body}{(showBody ? "" : " (redacted; --show-body)")}"),
        ("vendorData hash", letter.VendorDataHash ?? "none"),
        ("replays so far", $"{letter.Replays}"),
        ("record", Record()),
        .. _record?.SessionId is { } session ? [("session", session)] : Enumerable.Empty<(string, string)>(),
        ("a replay would", $"{prediction.InWords()}, since: {prediction.Because}"),
        ("key", letter.Delivery?.Key.ToString() ?? "none"),
        ("reference", letter.Reference),
        ("queue", letter.Queue),
    ];

    /// <summary>The headers: only those without a word of the message, unless all may be shown.</summary>
    public IEnumerable<(string Name, string Value)> Headers() =>
        Aside.Copy(letter.Properties)
            .OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => (
            header.Key, showBody || PropertyRedaction.IsSafe(header.Key) ? AmqpText.Of(header.Value) : Redacted));

    /// <summary>What to do now.</summary>
    public (string Advice, IReadOnlyList<string> Commands) Help { get; } = WhatHelps.With(letter, prediction);

    /// <summary>What else there is to see.</summary>
    public static string Rest(bool headers, bool stack) => "Nothing is changed without --yes."
        + (headers && stack ? "" : " More of it: " + string.Join(" and ", new[] { headers ? "" : "--headers", stack ? "" : "--stack" }
            .Where(option => option.Length > 0)));

    /// <summary>For scripts.</summary>
    public object ToJson() => new
    {
        letter.Reference,
        letter.Queue,
        letter.Delivery?.RequestId,
        Key = letter.Delivery?.Key.ToString(),
        letter.Delivery?.PublishedAt,
        letter.Delivery?.Deadline,
        Window = prediction.Age.State,
        WindowEndsAt = prediction.Age.EndsAt,
        letter.Group,
        letter.FaultType,
        FaultMessage = _faultMessage,
        letter.FaultedAt,
        letter.Invalid,
        letter.VendorDataHash,
        letter.Replays,
        DeliveryCount = letter.DeliveryCount ?? 0,
        AcquiredCount = letter.AcquiredCount ?? 0,
        Record = _record,
        Predicted = prediction.What,
        prediction.Because,
        Headers = Headers().ToDictionary(header => header.Name, header => header.Value, StringComparer.Ordinal),
        Body = _body,
    };

    private string Record() => _record is null
        ? prediction.Memory is not null ? "none" : letter.Request is null ? "not asked for: the message cannot be read"
            : "not known: " + prediction.Because
        : $"{_record.Meaning}; {Words.Count(_record.Attempts, "attempt")}, the first {Ago(_record.FirstAttempt)}; {_record.Counted} of "
            + $"{_record.MaximumAttempts} {Words.Verb(_record.Counted, "counts", "count")} against it";

    private string Window() =>
        prediction.Age.EndsAt is { } end ? Until(end) : "unknown: the message does not say when it was published";

    private string Until(DateTimeOffset end) => end <= now
        ? $"over since {Output.Time(end)}, {Words.Duration(now - end)} ago"
        : $"ends in {Words.Duration(end - now)}, {Output.Time(end)}";

    private string Ago(DateTimeOffset at) => at > now ? Output.Time(at) : $"{Words.Duration(now - at)} ago, {Output.Time(at)}";

    // Null: there is none, or its answer is damaged, and its message waits.
    private static RecordView? ViewOf(Prediction prediction, ProtocolSettings settings)
    {
        try
        {
            return prediction.Memory is { Record: not null } memory ? RecordView.Of(memory, ttl: null, settings) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
