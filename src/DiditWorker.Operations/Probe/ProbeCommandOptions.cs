using System.CommandLine;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Probe;

/// <summary>The command line of <c>probe</c>.</summary>
internal sealed class ProbeCommandOptions
{
    public Option<string?> WorkflowId { get; } = new("--workflow-id")
    { Description = "The workflow to make sessions for, a UUID (default: Didit:WorkflowId)" };
    public Option<bool> Yes { get; } = CommonOptions.Yes();
    public Option<bool> Keep { get; } = new("--keep") { Description = "Leave the sessions there (default: all are deleted at the end)" };
    public Option<bool> Json { get; } = CommonOptions.Json();
    public Option<FileInfo?> Report { get; } = new("--report")
    { Description = "Write the report to this file too; nothing in it is secret" };
    public Option<int> Tries { get; } =
        CommonOptions.Number(
            "--tries", "How many sessions the list is timed with", 5, value => value is >= 1 and <= 100, "a whole number from 1 to 100");
    public Option<int?> MaxRequests { get; } = CommonOptions.Digits(
        "--max-requests", "Send no more requests than this (default: as many as the plan needs)", value => value > 0,
        "a whole number above 0");
    public Option<FileInfo?> Window { get; } = new("--window")
    {
        Description =
            "Measure how long Didit remembers a key instead: keeps its keys in this file, and tells more when run again hours or days "
                + "later"
    };

    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)[WorkflowId, Yes, Keep, Json, Report, Tries, MaxRequests, Window])
        {
            command.Add(option);
        }

        WorkflowId.Validators.Add(CommonOptions.Require(
            text => Guid.TryParseExact(text, "D", out _), "--workflow-id: expected a UUID with hyphens"));
        foreach (var file in (Option<FileInfo?>[])[Report, Window])
        {
            file.Validators.Add(CommonOptions.Require(
                text => new FileInfo(text).Directory?.Exists == true, file.Name + " {0}: there is no such directory"));
        }

        command.Validators.Add(result =>
        {
            var needless = result.GetResult(Window) is null ? [] : (Option[])[Keep, Json, Tries, MaxRequests];
            foreach (var option in needless.Where(option => result.GetResult(option) is { Implicit: false }))
            {
                result.AddError($"{option.Name} has no meaning with --window");
            }
        });
    }
}
