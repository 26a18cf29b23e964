using System.CommandLine;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Replay;

/// <summary><c>dead-letters replay</c></summary>
internal static class ReplayCommand
{
    private const string Description =
        "Gives messages back to the worker: one first, then growing batches; each is published and confirmed before it is taken out. "
        + "A message that was answered is answered again from the record; the worker looks up before it creates. Shows the plan only, "
        + "unless --yes is given";

    public static Command Create(OperatorHost host, Output output)
    {
        var options = new ReplayCommandOptions();
        var command = new Command("replay", Description);
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => host.RunAsync(
            (services, broker, token) => new Invocation(services, broker, output, parsed, options).RunAsync(token), cancellation));
        return command;
    }

    private sealed class Invocation(
        IServiceProvider services, IOperatorBroker broker, Output output, ParseResult parsed, ReplayCommandOptions options)
    {
        private readonly DeadLetterQueues _queues = services.GetRequiredService<DeadLetterQueues>();
        private readonly Dictionary<string, HashSet<string>> _selection = new(StringComparer.Ordinal);
        private readonly List<DeadLetter> _first = [];

        public async Task<int> RunAsync(CancellationToken cancellation)
        {
            var filter = Filter();
            var summary = await services.GetRequiredService<Planner>().PlanAsync(broker, filter, ask: false, Select, cancellation);
            if (summary.Count == 0)
            {
                PrintPlan(summary);
                return ExitCodes.NothingMatched;
            }

            var run = options.ToRun(parsed, _queues.InputQueue) with { Edit = await EditAsync() };
            await RequireTargetAsync(run.Target, cancellation);
            if (!parsed.GetValue(options.Yes))
            {
                PrintPlan(summary);
                await output.Notes.WriteLineAsync("Nothing was changed; add --yes to replay.");
                return ExitCodes.Done;
            }

            return await ReplayAsync(run, filter, summary.Count, cancellation);
        }

        private DeadLetterFilter Filter()
        {
            var filter = options.Filter.Read(parsed);
            filter = parsed.GetValue(options.Message) is { } id ? filter with { Id = id } : filter;
            try
            {
                return parsed.GetValue(options.Plan) is { } plan
                    ? filter with { References = PlanFile.Read(plan).Select(line => line.Reference).ToHashSet(StringComparer.Ordinal) }
                    : filter;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
            {
                throw new CommandException(ExitCodes.WrongUsage, "--plan: " + exception.Message);
            }
        }

        private void Select(DeadLetter letter, Prediction prediction)
        {
            if (!_selection.TryGetValue(letter.Queue, out var references))
            {
                _selection.Add(letter.Queue, references = new(StringComparer.Ordinal));
            }

            references.Add(letter.Reference);
            if (_first.Count < 2)
            {
                _first.Add(letter);
            }
        }

        // The edit of the one message, tried out before anything is published.
        private async Task<Func<DeadLetter, DeadLetter>?> EditAsync()
        {
            if (parsed.GetValue(options.Set) is not { Length: > 0 } assignments)
            {
                return null;
            }

            if (_first.Count != 1)
            {
                throw new CommandException(
                    ExitCodes.WrongUsage, "--set changes one message: name it by its request id, key or reference. More than one matched.");
            }

            var edit = Apply(_first[0], assignments);
            if (edit.IsNewRequest && _first[0].Delivery is { } old && parsed.GetValue(options.Reason) is null
                && (await services.GetRequiredService<IdempotencyStore>().PeekAsync(old.Key))
                    .Memory.Record is { State: not RecordState.Refused } record)
            {
                throw new CommandException(ExitCodes.SomeFailed,
                    $"{old.RequestId}: the change makes a new request, and the old one is "
                        + $"{(record.State == RecordState.Completed ? "answered with a session" : "in progress")}: "
                    + "there may be two sessions then. Give --reason if that is what you want.");
            }

            await output.Notes.WriteLineAsync(edit.IsNewRequest
                ? $"The change makes a new request, {edit.Letter.Delivery!.RequestId}, linked to "
                    + $"{_first[0].Delivery?.RequestId ?? "a message without an id"} by {ReplayHeaders.EditedFrom}."
                : "The change does not reach Didit: the request id stays.");
            return _ => edit.Letter;
        }

        private MessageEdit Apply(DeadLetter letter, string[] assignments)
        {
            try
            {
                return MessageEdit.Apply(
                    letter, assignments, services.GetRequiredService<DeadLetterReader>(), services.GetRequiredService<TimeProvider>()
                        .GetUtcNow());
            }
            catch (FormatException exception)
            {
                throw new CommandException(ExitCodes.WrongUsage, exception.Message);
            }
        }

        private async Task RequireTargetAsync(string target, CancellationToken cancellation)
        {
            if (target.EndsWith("_error", StringComparison.Ordinal) || target.EndsWith("_skipped", StringComparison.Ordinal))
            {
                throw new CommandException(
                    ExitCodes.WrongUsage, $"--to {target}: nobody consumes that queue; name the input queue of a worker");
            }

            if (!await broker.MayExistAsync(target, cancellation))
            {
                throw new CommandException(
                    ExitCodes.WrongUsage, $"--to {target}: there is no such queue; the worker declares it when it first connects");
            }
        }

        private async Task<int> ReplayAsync(ReplayOptions run, DeadLetterFilter filter, int count, CancellationToken cancellation)
        {
            var replay = new ReplayRun(_queues, run, services.GetRequiredService<TimeProvider>());
            try
            {
                await Audited.RunAsync(
                    services.GetRequiredService<AuditLog>(), output.Notes,
                    ("dead-letters replay", $"{filter}: {count} messages to {run.Target}, run {run.Run}", run.Reason), "begun",
                    () => ProgressBar.RunAsync(output.Progress, "replaying", count, done =>
                        replay.RunAsync(broker, _selection, () => done(1), cancellation)),
                    replay.Report.ToString);
            }
            finally
            {
                Print(replay.Report);
            }

            return replay.Report.Failures > 0 || replay.Report.StoppedBecause is not null || replay.Report.Replayed < count
                ? ExitCodes.SomeFailed : ExitCodes.Done;
        }

        private void Print(ReplayReport report)
        {
            if (parsed.GetValue(options.Json))
            {
                output.WriteJson(report);
            }
            else
            {
                output.Text.WriteLine(report);
            }
        }

        private void PrintPlan(PlanSummary summary)
        {
            if (parsed.GetValue(options.Json))
            {
                output.WriteJson(PlanView.ToJson(summary));
            }
            else
            {
                PlanView.Print(summary, output.Tables);
            }
        }
    }
}
