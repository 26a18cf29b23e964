using System.CommandLine;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Replay;

/// <summary><c>dead-letters plan</c></summary>
internal static class PlanCommand
{
    public static Command Create(OperatorHost host, Output output)
    {
        var filter = new FilterOptions();
        var json = CommonOptions.Json();
        var file = new Option<string?>("--out")
        { Description = "Freeze the selection: a line for each message into this new file, for replay --plan" };
        var ask = new Option<bool>("--look-up") { Description = "Ask Didit what each look-up would find; takes places in the shared rate" };
        var command =
            new Command("plan", "Says what a replay of each message would lead to, by the worker's own decision; changes nothing")
                { file, ask, json };
        filter.AddTo(command);
        command.SetAction((parsed, cancellation) => host.RunAsync(
            async (services, broker, token) =>
            {
                await using var lines = Open(parsed.GetValue(file));
                var summary = await services.GetRequiredService<Planner>().PlanAsync(
                    broker, filter.Read(parsed), parsed.GetValue(ask),
                    (letter, prediction) => lines?.WriteLine(PlanFile.Line(PlanLine.Of(letter, prediction))), token);
                if (parsed.GetValue(json))
                {
                    output.WriteJson(PlanView.ToJson(summary));
                }
                else
                {
                    PlanView.Print(summary, output.Tables);
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
}
