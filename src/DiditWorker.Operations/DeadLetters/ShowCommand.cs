using System.CommandLine;
using DiditWorker.Didit;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.Terminal;
using DiditWorker.Redis;

namespace DiditWorker.Operations.DeadLetters;

/// <summary><c>dead-letters show ID…</c></summary>
internal sealed class ShowCommand(
    DeadLetterQueues queues, Predictor predictor, IOperatorBroker broker, AuditLog audit, TimeProvider time, Output output)
{
    private sealed record Options(bool LookUp, bool ShowBody, bool Headers, bool Stack, bool Json);

    // Asked once for all: what is away stays away for a while.
    private string? _redisAway;

    public static Command Create(OperatorHost host)
    {
        var filter = new FilterOptions();
        var ask = new Option<bool>("--look-up") { Description = "Ask Didit what it knows of this message's sessions" };
        var showBody = new Option<bool>("--show-body")
        {
            Description = "Show body, headers and the text of the fault unredacted: personal data; leaves an audit line",
        };
        var headers = new Option<bool>("--headers") { Description = "Show the headers, too" };
        var stack = new Option<bool>("--stack") { Description = "Show the stack of the fault, too; needs --show-body" };
        var json = CommonOptions.Json();
        var command = new SelectingCommand(
            "show", "Shows a dead letter: fault, body, record, what a replay would lead to, and what to do now")
            { ask, showBody, headers, stack, json };
        filter.AddTo(command, isNeeded: true);
        command.SetAction((parsed, cancellation) => host.RunWithBrokerAsync<ShowCommand>(
            show => show.RunAsync(
                filter.Read(parsed),
                new(parsed.GetValue(ask), parsed.GetValue(showBody), parsed.GetValue(headers), parsed.GetValue(stack),
                    parsed.GetValue(json)),
                cancellation),
            cancellation));
        return command;
    }

    private async Task<int> RunAsync(DeadLetterFilter filter, Options options, CancellationToken cancellation)
    {
        if (options.ShowBody)
        {
            await audit.AddAsync("dead-letters show --show-body", filter.ToString(), reason: null, "shown");
        }

        var (shown, silent) = (0, default(ReadFailedException));
        await foreach (var letter in queues.SnapshotAsync(broker, filter, cancellation))
        {
            var prediction = await PredictAsync(letter, options.LookUp, cancellation);
            silent = prediction.DiditSaid ?? silent;
            var view = new LetterView(letter, prediction, predictor.Settings, time.GetUtcNow(), options.ShowBody);
            output.Write(options.Json, view.ToJson(), () => Print(view, options, isFirst: shown == 0));
            shown++;
        }

        await NothingMatched.RequireAsync(shown, queues, broker, filter, cancellation);
        return silent is null ? ExitCodes.Done : throw DiditSilence.For(silent, Words.Count(shown, "message"));
    }

    private async Task<Prediction> PredictAsync(DeadLetter letter, bool lookUp, CancellationToken cancellation)
    {
        try
        {
            if (_redisAway is null)
            {
                return await predictor.PredictAsync(letter, lookUp, cancellation);
            }
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            _redisAway = RedisRefusal.InWords(exception);
        }

        return predictor.WithoutRecord(letter, $"Redis could not be asked for the record ({_redisAway})");
    }

    private void Print(LetterView view, Options options, bool isFirst)
    {
        if (!isFirst)
        {
            output.Text.WriteLine();
        }

        output.WriteRows([.. view.Rows(), .. options.Headers ? view.Headers() : []]);
        if (options.Stack)
        {
            output.Text.WriteLine(view.Stack);
        }

        output.Text.WriteLine();
        var (advice, commands) = view.Help;
        output.WriteText("What to do now: " + advice);
        foreach (var command in commands)
        {
            // To be copied whole: a terminal does not put a line end into a line that it breaks.
            output.Text.WriteLine("  diditworker " + command);
        }

        output.WriteText(LetterView.Rest(options.Headers, options.Stack));
    }
}
