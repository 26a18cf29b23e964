using System.CommandLine;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.Replay;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using UUIDNext;

namespace DiditWorker.Operations.Send;

/// <summary><c>diditworker send</c></summary>
internal sealed class SendCommand(
    RequestSender sender, IdempotencyOptions idempotency, IOperatorBroker broker, AuditLog audit, TimeProvider time, Output output)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    public static Command Create(OperatorHost host)
    {
        var options = new SendOptions();
        var command = new Command("send", "Publishes a StartVerification, as any client would; prints its request id and key");
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => host.RunWithBrokerAsync<SendCommand>(
            send => send.RunAsync(parsed, options, cancellation), cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, SendOptions options, CancellationToken cancellation)
    {
        var json = parsed.GetValue(options.Json);
        var body = sender.Write(options.Members(parsed), options.Metadata(parsed));
        var id = RequestId.Normalize(parsed.GetValue(options.MessageId) ?? Uuid.NewRandom().ToString());
        var key = IdempotencyKey.Create(idempotency.Scope, id);
        await RequestSender.RequireExchangeAsync(broker, cancellation);
        await using var listener = parsed.GetValue(options.Wait) ? await AnswerListener.OpenAsync(broker, cancellation) : null;
        await sender.SendAsync(broker, id, body, options.Priority(parsed), cancellation);
        if (listener is null)
        {
            Print(new SentView(id, key.ToString()), json);
            return ExitCodes.Done;
        }

        var timeout = parsed.GetValue(options.Timeout) ?? DefaultTimeout;
        output.WriteNote($"Published as request id {id} (key {key}); waiting up to {timeout:c} for the answer.");
        var answer = await WaitAsync(listener, key, timeout, cancellation)
            ?? throw new CommandException(ExitCodes.SomeFailed, NoAnswer(id, timeout));
        var showUrl = parsed.GetValue(options.ShowUrl);
        if (showUrl && answer.Created)
        {
            await audit.AddAsync("send --show-url", $"request id {id} (key {key})", reason: null, "shown");
        }

        Print(SentView.Of(id, answer, showUrl), json);
        return answer.Created ? ExitCodes.Done : ExitCodes.SomeFailed;
    }

    private void Print(SentView view, bool json) => output.Write(json, view, () => output.WriteRows(view.Rows()));

    private async Task<HeardAnswer?> WaitAsync(
        AnswerListener listener, IdempotencyKey key, TimeSpan timeout, CancellationToken cancellation)
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
          diditworker keys show {ShellWord.Of(id)}
          diditworker dead-letters list {ShellWord.Of(id)}
        Do not publish it again under another id; under the same one it leads to the same session.
        """;
}
