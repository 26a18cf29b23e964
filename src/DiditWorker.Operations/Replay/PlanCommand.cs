using System.CommandLine;
using DiditWorker.Didit;
using DiditWorker.Operations.Broker;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Replay;

/// <summary><c>dead-letters plan</c></summary>
internal sealed class PlanCommand(DeadLetterQueues queues, Planner planner, DiditOptions didit, IOperatorBroker broker, Output output)
{
    public static Command Create(OperatorHost host)
    {
        var filter = new FilterOptions();
        var json = CommonOptions.Json();
        var file = new Option<string?>("--out")
        { Description = "Freeze the selection: a line for each message into this new file, for replay --plan" };
        var ask = new Option<bool>("--look-up") { Description = "Ask Didit what each look-up would find; takes places in the shared rate" };
        var command =
            new SelectingCommand("plan", "Says what a replay of each message would lead to, by the worker's own decision; changes nothing")
                { file, ask, json };
        filter.AddTo(command);
        command.SetAction((parsed, cancellation) => host.RunWithBrokerAsync<PlanCommand>(
            plan => plan.RunAsync(
                filter.Read(parsed), parsed.GetValue(file), parsed.GetValue(ask), parsed.GetValue(json), cancellation),
            cancellation));
        return command;
    }

    private async Task<int> RunAsync(DeadLetterFilter filter, string? file, bool ask, bool json, CancellationToken cancellation)
    {
        if (ask)
        {
            // Before a file is begun that would hold no plan.
            _ = didit.RevealApiKey();
        }

        PlanSummary summary;
        await using (var lines = Open(file))
        {
            summary = await PlanAsync(
                filter, ask, (letter, prediction) => lines?.WriteLine(PlanFile.Line(PlanLine.Of(letter, prediction))), cancellation);
        }

        PlanView.Print(summary, json, output);
        if (summary.Count == 0)
        {
            // An empty plan would replay nothing.
            Delete(file);
            throw await NothingMatched.InAsync(queues, broker, filter, cancellation);
        }

        if (file is not null)
        {
            output.WriteNote($"{file} holds {Words.Count(summary.Count, "message")}. Exactly these: "
                + $"diditworker dead-letters replay --plan {ShellWord.Of(file)}");
        }

        NothingMatched.RequireEach(queues, filter);
        return summary.DiditSaid is not { } said ? ExitCodes.Done
            : throw DiditSilence.For(said, Words.Count(summary.DiditAway, "message"));
    }

    // To ask Didit about each takes minutes; without that it is over in a moment.
    private async Task<PlanSummary> PlanAsync(
        DeadLetterFilter filter, bool ask, Action<DeadLetter, Prediction> each, CancellationToken cancellation)
    {
        if (!ask)
        {
            return await planner.PlanAsync(broker, filter, ask, each, cancellation);
        }

        PlanSummary? summary = null;
        var depth = await queues.DepthAsync(broker, filter, cancellation);
        await ProgressBar.RunAsync(
            output.Progress, "asking Didit", Math.Min(depth, filter.Limit ?? depth),
            async done => summary = await planner.PlanAsync(
                broker, filter, ask,
                (letter, prediction) =>
                {
                    each(letter, prediction);
                    done(1);
                },
                cancellation));
        return summary!;
    }

    private static void Delete(string? file)
    {
        if (file is not null)
        {
            File.Delete(file);
        }
    }

    private static StreamWriter? Open(string? path)
    {
        try
        {
            return path is null ? null : PlanFile.Create(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCodes.WrongUsage, $"--out {path}: {Words.Of(exception)}. Name a new file in a directory that you may write to.");
        }
    }
}
