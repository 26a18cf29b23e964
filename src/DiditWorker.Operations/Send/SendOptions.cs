using System.CommandLine;
using System.Text;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;

namespace DiditWorker.Operations.Send;

/// <summary>The command line of <c>send</c>.</summary>
internal sealed class SendOptions
{
    private readonly Option<string> _vendorData = new("--vendor-data")
    { Description = "Your own id for the person, 1 to 255 characters; no personal data", Required = true };
    public Option<string?> MessageId { get; } = new("--message-id")
    { Description = "The request id: the same id leads to the same session (default: a new random UUID)" };
    private readonly Option<string?> _workflowId = new("--workflow-id")
    { Description = "The Didit workflow, a UUID (default: Didit:WorkflowId)" };
    private readonly Option<string?> _callback = new("--callback")
    { Description = "Where the browser goes afterwards: an absolute https or app-scheme URI (default: Didit:Callback)" };
    private readonly Option<string?> _callbackMethod = new("--callback-method")
    { Description = "Which device follows the callback: initiator, completer or both" };
    private readonly Option<string?> _language = new("--language") { Description = "The language of Didit's pages, for example en" };
    private readonly Option<string?> _metadata = new("--metadata")
    { Description = """Data that Didit keeps with the session: a JSON object, for example {"order":4711}""" };
    private readonly Option<DateTimeOffset?> _notAfter = CommonOptions.TimeAhead(
        "--not-after", "After it no session is made and the answer is Expired (default: at any time)");
    private readonly Option<int?> _priority = CommonOptions.Digits(
        "--priority", "How urgent it is, 0 to 255; 5 and more go before a batch (default 0)", n => n <= byte.MaxValue,
        "a number from 0 to 255");
    public Option<bool> Wait { get; } = new("--wait")
    { Description = "Wait for the answer and print it; exit code 1 if it is a rejection or does not come" };
    public Option<TimeSpan?> Timeout { get; } =
        CommonOptions.Duration("--timeout", "How long to wait, for example 90s, 5m or 1h (default 60s)", TimeSpan.FromDays(1));
    public Option<bool> ShowUrl { get; } = new("--show-url")
    { Description = "Print the URL of the session too: a bearer secret; leaves an audit line" };
    public Option<bool> Json { get; } = CommonOptions.Json();

    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)
            [
                _vendorData, MessageId, _workflowId, _callback, _callbackMethod, _language, _metadata, _notAfter, _priority, Wait, Timeout,
                ShowUrl, Json,
            ])
        {
            command.Add(option);
        }

        MessageId.Validators.Add(CommonOptions.Require(
            text => Encoding.UTF8.GetByteCount(text) is > 0 and <= RequestId.MaxLength,
            $"--message-id: expected 1 to {RequestId.MaxLength} bytes"));
        command.Validators.Add(result =>
        {
            foreach (var option in ((Option[])[Timeout, ShowUrl]).Where(option => result.GetResult(option) is not null))
            {
                if (!result.GetValue(Wait))
                {
                    result.AddError($"{option.Name} is about the answer: it needs --wait");
                }
            }
        });
    }

    /// <summary>What is asked for, by the names of the message's members.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Members(ParseResult parsed) =>
    [
        new("vendorData", parsed.GetValue(_vendorData)), new("workflowId", parsed.GetValue(_workflowId)),
        new("callback", parsed.GetValue(_callback)), new("callbackMethod", parsed.GetValue(_callbackMethod)),
        new("language", parsed.GetValue(_language)), new("notAfter", parsed.GetValue(_notAfter)?.ToString("O")),
    ];

    public byte Priority(ParseResult parsed) => (byte)(parsed.GetValue(_priority) ?? 0);

    public string? Metadata(ParseResult parsed) => parsed.GetValue(_metadata);
}
