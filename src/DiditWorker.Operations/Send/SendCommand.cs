using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.Replay;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using UUIDNext;

namespace DiditWorker.Operations.Send;

/// <summary><c>diditworker send</c></summary>
internal sealed class SendCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    private readonly Option<string> _vendorData = new("--vendor-data")
    { Description = "Your own id for the person, 1 to 255 characters; no personal data", Required = true };
    private readonly Option<string?> _messageId = new("--message-id")
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
    private readonly Option<bool> _wait = new("--wait")
    { Description = "Wait for the answer and print it; exit code 1 if it is a rejection or does not come" };
    private readonly Option<TimeSpan?> _timeout =
        CommonOptions.Duration("--timeout", "How long to wait, for example 90s, 5m or 1h (default 60s)", TimeSpan.FromDays(1));
    private readonly Option<bool> _showUrl = new("--show-url")
    { Description = "Print the URL of the session too: a bearer secret; leaves an audit line" };
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Output _output;

    private SendCommand(Output output)
    {
        _output = output;
        _messageId.Validators.Add(result => Require(
            result,
            Encoding.UTF8.GetByteCount(CommonOptions.Token(result)) is > 0 and <= RequestId.MaxLength,
            $"--message-id: expected 1 to {RequestId.MaxLength} bytes"));
    }

    public static Command Create(OperatorHost host, Output output)
    {
        var send = new SendCommand(output);
        var command = new Command("send", "Publishes a StartVerification, as any client would; prints its request id and key")
        {
            send._vendorData, send._messageId, send._workflowId, send._callback, send._callbackMethod, send._language, send._metadata,
            send._wait, send._timeout, send._showUrl, send._json,
        };
        command.Validators.Add(result =>
        {
            var needless = result.GetValue(send._wait) ? null
                : (Option?[])[result.GetResult(send._timeout)?.Option, result.GetResult(send._showUrl)?.Option];
            foreach (var option in needless?.OfType<Option>() ?? [])
            {
                result.AddError($"{option.Name} is about the answer: it needs --wait");
            }
        });
        command.SetAction((parsed, cancellation) =>
            host.RunAsync((services, broker, token) => send.RunAsync(parsed, services, broker, token), cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, IServiceProvider services, IOperatorBroker broker, CancellationToken cancellation)
    {
        var sender = services.GetRequiredService<RequestSender>();
        var body = sender.Write(
            [
                new("vendorData", parsed.GetValue(_vendorData)), new("workflowId", parsed.GetValue(_workflowId)),
                new("callback", parsed.GetValue(_callback)), new("callbackMethod", parsed.GetValue(_callbackMethod)),
                new("language", parsed.GetValue(_language)),
            ],
            parsed.GetValue(_metadata));
        var id = RequestId.Normalize(parsed.GetValue(_messageId) ?? Uuid.NewRandom().ToString());
        var key = IdempotencyKey.Create(services.GetRequiredService<IdempotencyOptions>().Scope, id);
        await RequestSender.RequireExchangeAsync(broker, cancellation);
        await using var listener = parsed.GetValue(_wait) ? await AnswerListener.OpenAsync(broker, cancellation) : null;
        await sender.SendAsync(broker, id, body, cancellation);
        if (listener is null)
        {
            Print(parsed, new SentView(id, key.ToString()));
            return ExitCodes.Done;
        }

        var timeout = parsed.GetValue(_timeout) ?? DefaultTimeout;
        await _output.Notes.WriteLineAsync($"Published as request id {id} (key {key}); waiting up to {timeout:c} for the answer.");
        var answer = await WaitAsync(listener, key, timeout, services.GetRequiredService<TimeProvider>(), cancellation)
            ?? throw new CommandException(ExitCodes.SomeFailed, NoAnswer(id, timeout));
        if (parsed.GetValue(_showUrl) && answer.Created)
        {
            await services.GetRequiredService<AuditLog>()
                .AddAsync("send --show-url", $"request id {id} (key {key})", reason: null, "shown");
        }

        Print(parsed, SentView.Of(id, answer, parsed.GetValue(_showUrl)));
        return answer.Created ? ExitCodes.Done : ExitCodes.SomeFailed;
    }

    private static async Task<HeardAnswer?> WaitAsync(
        AnswerListener listener, IdempotencyKey key, TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            return await listener.ReadAsync(either.Token).FirstAsync(answer => answer.Key == key, either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private static string NoAnswer(string id, TimeSpan timeout) =>
        $"""
        No answer within {timeout:c}. The message is not lost: it waits in the queue, is being worked on, or is parked. Look at
          /health/ready of the workers: is one running, and does it reach Redis and Didit?
          diditworker keys show "{id}"
          diditworker dead-letters list --id "{id}"
        Do not publish it again under another id; under the same one it leads to the same session.
        """;

    private void Print(ParseResult parsed, SentView view)
    {
        if (parsed.GetValue(_json))
        {
            _output.WriteJson(view);
            return;
        }

        _output.WriteRows(view.Rows());
    }

    private static void Require(SymbolResult result, bool holds, string expected)
    {
        if (!holds)
        {
            result.AddError(expected);
        }
    }
}
