using System.CommandLine;
using DiditWorker.Operations.Audit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Replay;

/// <summary><c>dead-letters replay</c></summary>
internal sealed class ReplayCommand(
    DeadLetterQueues queues, Planner planner, ReplayEdit edit, IOperatorBroker broker, AuditLog audit, TimeProvider time, Output output)
{
    private const string Description =
        "Gives messages back to the worker: one first, then growing batches; each is published and confirmed before it is taken out. "
        + "A message that was answered is answered again from the record; the worker looks up before it creates. Shows the plan only, "
        + "unless --yes is given";

    private readonly Dictionary<string, HashSet<string>> _selection = new(StringComparer.Ordinal);
    private readonly HashSet<string> _answered = new(StringComparer.Ordinal);
    private readonly List<DeadLetter> _first = [];

    public static Command Create(OperatorHost host)
    {
        var options = new ReplayCommandOptions();
        var command = new SelectingCommand("replay", Description);
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => host.RunWithBrokerAsync<ReplayCommand>(
            replay => replay.RunAsync(parsed, options, cancellation), cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, ReplayCommandOptions options, CancellationToken cancellation)
    {
        var (filter, json) = (options.ReadFilter(parsed), parsed.GetValue(options.Json));
        var summary = await planner.PlanAsync(broker, filter, ask: false, Select, cancellation);
        if (summary.Count == 0)
        {
            PlanView.Print(summary, json, output);
            throw await NothingMatched.InAsync(queues, broker, filter, cancellation);
        }

        // Tried out before anything is published.
        var run = options.ToRun(parsed, queues.InputQueue) with { Answered = _answered };
        run = run with { Edit = await edit.TryAsync(_first, parsed.GetValue(options.Set) ?? [], run.Reason) };
        await RequireTargetAsync(run.Target, cancellation);
        if (!parsed.GetValue(options.Yes))
        {
            PlanView.Print(summary, json, output);
            output.WriteNote(CommonOptions.NothingChanged);
            NothingMatched.RequireEach(queues, filter);
            return ExitCodes.Done;
        }

        var replay = new ReplayRun(queues, run, time);
        try
        {
            await audit.AroundAsync(
                ("dead-letters replay", $"{filter}: {Words.Count(summary.Count, "message")} to {run.Target}, run {run.Run}", run.Reason),
                "begun",
                () => ProgressBar.RunAsync(output.Progress, "replaying", summary.Count, done =>
                    replay.RunAsync(broker, _selection, () => done(1), cancellation), () => replay.WaitsFor),
                replay.Report.ToString);
        }
        finally
        {
            output.Write(json, replay.Report, () => output.WriteText(replay.Report.ToString()));
        }

        NothingMatched.RequireEach(queues, filter);
        return replay.Report.Failures > 0 || replay.Report.StoppedBecause is not null || replay.Report.Replayed < summary.Count
            ? ExitCodes.SomeFailed : ExitCodes.Done;
    }

    private void Select(DeadLetter letter, Prediction prediction)
    {
        if (!_selection.TryGetValue(letter.Queue, out var references))
        {
            _selection.Add(letter.Queue, references = new(StringComparer.Ordinal));
        }

        references.Add(letter.Reference);
        if (prediction.What == Predicted.AnswerFromRecord)
        {
            _answered.Add(letter.Reference);
        }

        if (_first.Count < 2)
        {
            _first.Add(letter);
        }
    }

    private async Task RequireTargetAsync(string target, CancellationToken cancellation)
    {
        if (queues.Holds(target))
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
}
