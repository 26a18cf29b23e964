using System.CommandLine;
using DiditWorker.Operations.DeadLetters;
using DiditWorker.Operations.Terminal;
using DiditWorker.Redis;

namespace DiditWorker.Operations.Replay;

/// <summary>The command line of <c>dead-letters replay</c>.</summary>
internal sealed class ReplayCommandOptions
{
    private readonly Option<string?> _to = new("--to") { Description = "Queue to publish to (default: the worker's input queue)" };
    private readonly Option<double> _rate =
        CommonOptions.Number("--rate", "Messages a second at most", 20.0, n => n > 0, "a number above 0");
    private readonly Option<int> _maxFailures = CommonOptions.Number(
        "--max-failures", "Stop with more failures than this: not taken by the broker, failed again, or without an outcome", 0, n =>
        n >= 0, "a whole number");

    private readonly Option<int> _maxReplays =
        CommonOptions.Number("--max-replays", "Leave what was replayed this often already", 5, n => n > 0, "a whole number above 0");
    private readonly Option<bool> _wait = new("--wait") { Description = "Wait for the outcome of every message, not only of the first" };
    private readonly Option<int> _patience = CommonOptions.Number(
        "--patience", "Seconds to wait for outcomes while none comes", 120, n => n > 0, "a whole number above 0");

    private readonly Option<bool> _allowExpired = new("--allow-expired")
    {
        Description = "Replay what is beyond the window, too; needs --reason. The worker looks up before it creates",
    };

    private readonly FilterOptions _filter = new();
    private readonly Option<string?> _plan = new("--plan")
    { Description = "Exactly the selection that plan --out has frozen in this file" };

    public Option<string[]> Set { get; } = new("--set")
    {
        Description =
            "Change one message: path=value, for example workflowId=… or metadata.order=42. If what goes to Didit changes, it becomes a "
                + "new request",
    };

    private readonly Option<string?> _reason = CommonOptions.Reason("Why; goes into a header and into the audit");

    public Option<bool> Yes { get; } = CommonOptions.Yes("only the plan is shown");

    public Option<bool> Json { get; } = CommonOptions.Json();

    public void AddTo(SelectingCommand command)
    {
        _filter.AddTo(command);
        command.AddSelection(_plan);
        foreach (var option in (ReadOnlySpan<Option>)
            [Set, _to, _rate, _maxFailures, _maxReplays, _wait, _patience, _allowExpired, _reason, Yes, Json])
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetValue(_allowExpired) && string.IsNullOrWhiteSpace(result.GetValue(_reason)))
            {
                result.AddError(
                    "--allow-expired needs --reason: Didit may have forgotten these keys, and only the look-up stands between a replay "
                        + "and a second session");
            }
        });
    }

    public DeadLetterFilter ReadFilter(ParseResult parsed)
    {
        var filter = _filter.Read(parsed);
        try
        {
            return parsed.GetValue(_plan) is { } plan
                ? filter with { References = PlanFile.Read(plan).Select(line => line.Reference).ToHashSet(StringComparer.Ordinal) }
                : filter;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new CommandException(ExitCodes.WrongUsage, "--plan: " + exception.Message);
        }
    }

    public ReplayOptions ToRun(ParseResult parsed, string inputQueue) => new()
    {
        Target = parsed.GetValue(_to) ?? inputQueue,
        Run = OwnerToken.Create(),
        Reason = parsed.GetValue(_reason),
        Rate = parsed.GetValue(_rate),
        MaxFailures = parsed.GetValue(_maxFailures),
        MaxReplays = parsed.GetValue(_maxReplays),
        AllowExpired = parsed.GetValue(_allowExpired),
        Wait = parsed.GetValue(_wait),
        Patience = TimeSpan.FromSeconds(parsed.GetValue(_patience)),
    };
}
