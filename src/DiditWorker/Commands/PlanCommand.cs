using System.CommandLine;
using System.Globalization;
using DiditWorker.DeadLetters;
using DiditWorker.Hosting;
using RabbitMQ.Client;
using Spectre.Console;

namespace DiditWorker.Commands;

/// <summary><c>dead-letters plan</c></summary>
internal static class PlanCommand
{
    // As many records are read from Redis at a time.
    private const int Batch = 200;

    public static Command Create(OperatorHost host, Output output)
    {
        var filter = new FilterOptions();
        var json = DeadLetterCommands.Json();
        var file = new Option<string?>("--out") { Description = "Freeze the selection: a line for each message into this new file, for replay --plan" };
        var ask = new Option<bool>("--look-up") { Description = "Ask Didit what each look-up would find; takes places in the shared rate" };
        var command = new Command("plan", "Says what a replay of each message would lead to, by the worker's own decision; changes nothing") { file, ask, json };
        filter.AddTo(command);
        command.SetAction((parsed, cancellation) => host.RunAsync(
            async (services, connection, token) =>
            {
                await using var lines = Open(parsed.GetValue(file));
                var summary = await PlanAsync(services, connection, filter.Read(parsed), parsed.GetValue(ask), lines, token);
                if (parsed.GetValue(json))
                {
                    output.WriteJson(ToJson(summary));
                }
                else
                {
                    Print(summary, output.Tables);
                }

                return summary.Count == 0 ? ExitCodes.NothingMatched : ExitCodes.Done;
            },
            cancellation));
        return command;
    }

    private static StreamWriter? Open(string? path)
    {
        try
        {
            return path is null ? null : PlanFile.Create(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCodes.WrongUsage, $"--out {path}: {exception.Message}");
        }
    }

    private static async Task<PlanSummary> PlanAsync(
        IServiceProvider services, IConnection connection, DeadLetterFilter filter, bool ask, StreamWriter? lines, CancellationToken cancellation)
    {
        var summary = new PlanSummary(services.GetRequiredService<WorkerSettings>().Didit);
        var predictor = services.GetRequiredService<Predictor>();
        var letters = services.GetRequiredService<DeadLetterQueues>().SnapshotAsync(connection, filter, cancellation);
        await foreach (var batch in letters.Chunk(Batch).WithCancellation(cancellation))
        {
            var predictions = await Task.WhenAll(batch.Select(letter => predictor.PredictAsync(letter, ask, cancellation)));
            foreach (var (letter, prediction) in batch.Zip(predictions))
            {
                summary.Add(prediction);
                if (lines is not null)
                {
                    await lines.WriteLineAsync(PlanFile.Line(PlanLine.Of(letter, prediction)));
                }
            }
        }

        return summary;
    }

    private static void Print(PlanSummary summary, IAnsiConsole console)
    {
        if (summary.Count == 0)
        {
            console.WriteLine("No dead letters.");
            return;
        }

        var table = new Table();
        table.AddColumns("a replay would", "messages", "first window ends");
        foreach (var (what, (count, end)) in summary.Rows)
        {
            table.AddRow(InWords(what), count.ToString(CultureInfo.InvariantCulture), end?.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "");
        }

        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{summary.Count} messages, {summary.Expired} beyond the window (need --allow-expired). Didit: at most {summary.Creates} creates, at least {summary.LookUps} look-up requests; at least {summary.LeastTime:hh\\:mm\\:ss} at the rate limit."));
    }

    private static string InWords(Predicted what) => what switch
    {
        Predicted.AnswerFromRecord => "be answered from the record",
        Predicted.Create => "create a session",
        Predicted.Resend => "send again under the same key",
        Predicted.LookUpThenCreate => "look up, then create if there is none",
        Predicted.Adopt => "adopt the session that Didit has",
        Predicted.CreateAfterLookUp => "create a session (Didit was asked)",
        Predicted.RejectMismatch => "be rejected: PayloadMismatch",
        Predicted.RejectRefused => "be rejected: RefusedByDidit",
        Predicted.RejectInvalid => "be rejected: InvalidMessage",
        Predicted.Park => "be parked again",
        Predicted.InProgress => "wait: still in progress",
        Predicted.SkipAgain => "be skipped again",
        _ => "not be predicted (see --out)",
    };

    private static object ToJson(PlanSummary summary) => new
    {
        Messages = summary.Count,
        summary.Expired,
        summary.Creates,
        summary.LookUps,
        LeastSeconds = summary.LeastTime.TotalSeconds,
        Outcomes = summary.Rows.Select(row => new { Outcome = row.Key, row.Value.Count, FirstWindowEnd = row.Value.FirstEnd }),
    };
}
