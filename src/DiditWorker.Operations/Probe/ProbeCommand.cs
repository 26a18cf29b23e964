using System.CommandLine;
using System.Globalization;
using DiditWorker.Didit;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Probe;

/// <summary><c>diditworker probe</c></summary>
internal sealed class ProbeCommand
{
    private readonly Option<string?> _workflowId = new("--workflow-id")
    { Description = "The workflow to make sessions for, a UUID (default: Didit:WorkflowId)" };
    private readonly Option<bool> _yes = CommonOptions.Yes();
    private readonly Option<bool> _keep = new("--keep") { Description = "Leave the sessions there (default: all are deleted at the end)" };
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<FileInfo?> _report = new("--report")
    { Description = "Write the report to this file too; nothing in it is secret" };
    private readonly Option<int> _tries =
        NumberOption.Create(
            "--tries", "How many sessions the list is timed with", 5, value => value is >= 1 and <= 100, "a whole number from 1 to 100");
    private readonly Option<int?> _maxRequests = new("--max-requests")
    { Description = "Send no more requests than this (default: as many as the plan needs)" };
    private readonly Option<FileInfo?> _window = new("--window")
    {
        Description =
            "Measure how long Didit remembers a key instead: keeps its keys in this file, and tells more when run again hours or days "
                + "later"
    };
    private readonly Output _output;

    private ProbeCommand(Output output)
    {
        _output = output;
        _workflowId.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !Guid.TryParseExact(result.Tokens[0].Value, "D", out _))
            {
                result.AddError("--workflow-id: expected a UUID with hyphens");
            }
        });
        _maxRequests.CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0)
            {
                return value;
            }

            result.AddError($"--max-requests {result.Tokens[0].Value}: expected a whole number above 0");
            return null;
        };
        foreach (var file in (Option<FileInfo?>[])[_report, _window])
        {
            file.Validators.Add(result =>
            {
                if (result.Tokens.Count == 1 && new FileInfo(result.Tokens[0].Value).Directory?.Exists != true)
                {
                    result.AddError($"{file.Name} {result.Tokens[0].Value}: there is no such directory");
                }
            });
        }
    }

    public static Command Create(OperatorHost host, Output output)
    {
        var probe = new ProbeCommand(output);
        var command =
            new Command("probe",
                "Asks Didit what it really promises, by making sessions and looking; use a sandbox key. Nothing is sent without --yes")
        {
            probe._workflowId, probe._yes, probe._keep, probe._json, probe._report, probe._tries, probe._maxRequests,
            probe._window,
        };
        command.Validators.Add(result =>
        {
            var needless = result.GetResult(probe._window) is null ? []
                : (Option[])[probe._keep, probe._json, probe._tries, probe._maxRequests];
            foreach (var option in needless.Where(option => result.GetResult(option) is { Implicit: false }))
            {
                result.AddError($"{option.Name} has no meaning with --window");
            }
        });
        command.SetAction(
            (parsed, cancellation) => host.RunAsync((services, token) => probe.RunAsync(parsed, services, token), cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, IServiceProvider services, CancellationToken cancellation)
    {
        var didit = services.GetRequiredService<DiditOptions>();
        if (parsed.GetValue(_window) is { } window)
        {
            return await ProbeWindow.RunAsync(
                window.FullName, parsed.GetValue(_report)?.FullName, parsed.GetValue(_yes),
                didit with { WorkflowId = parsed.GetValue(_workflowId) ?? didit.WorkflowId },
                services, _output, cancellation);
        }

        var workflow = parsed.GetValue(_workflowId) ?? didit.WorkflowId
            ?? throw new CommandException(ExitCodes.WrongUsage, "--workflow-id is required where Didit:WorkflowId is not set");
        var tries = parsed.GetValue(_tries);
        var options =
            new ProbeOptions(
                workflow, tries, Math.Min(parsed.GetValue(_maxRequests) ?? int.MaxValue, ProbePlan.MostRequests(tries)),
                parsed.GetValue(_keep));
        await SayAsync(didit, options, parsed.GetValue(_yes));
        if (!parsed.GetValue(_yes))
        {
            return ExitCodes.Done;
        }

        var time = services.GetRequiredService<TimeProvider>();
        using var http = ProbeClient.Connection(didit);
        var client = new ProbeClient(http, didit, options.MostRequests, time);
        var run = new ProbeRun(client, didit, options, time);
        var report = await run.RunAsync(step => _output.Notes.WriteLine(step + " …"), cancellation);
        return await TellAsync(parsed, report, run, services.GetRequiredService<ILogger<ProbeCommand>>());
    }

    private async Task SayAsync(DiditOptions didit, ProbeOptions options, bool yes)
    {
        var would = yes ? "" : "Would probe, with --yes: ";
        await (yes ? _output.Notes : _output.Text).WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"""
            {would}{didit.BaseAddress.GetLeftPart(UriPartial.Authority)}, workflow {options.WorkflowId}
            Makes {Math.Min(ProbePlan.MostSessions(options.Tries), options.MostRequests)} sessions at most, {(options.Keep ? "and keeps them (--keep)" : "and deletes them at the end")}; one is deleted on the way.
            Sends {options.MostRequests} requests at most, {didit.RequestsPerMinute} a minute at most (Didit:RequestsPerMinute).
            Sessions may be billed, and use up limits of the account: a key of a sandbox application is recommended.
            """));
    }

    private async Task<int> TellAsync(ParseResult parsed, ProbeReport report, ProbeRun run, ILogger logger)
    {
        ProbeLog.Probed(
            logger, Environment.UserName, Environment.MachineName, report.Address, report.WorkflowId, report.Requests,
            run.CleanedUp!.Deleted, run.CleanedUp.Left.Count);
        if (parsed.GetValue(_json))
        {
            _output.WriteJson(report);
        }
        else
        {
            ProbeView.Print(report, _output);
        }

        await ProbeView.SayWhatIsLeftAsync(run.CleanedUp, parsed.GetValue(_keep), _output.Notes);
        await WriteAsync(parsed.GetValue(_report), report);
        if (report.StoppedBecause is { } why)
        {
            await _output.Notes.WriteLineAsync($"Stopped: {why}.");
        }

        return run.IsUnreachable ? ExitCodes.Unreachable
            : report.StoppedBecause is not null || report.Findings.Any(finding => finding.Verdict == Finding.Unclear) ? ExitCodes.SomeFailed
            : ExitCodes.Done;
    }

    private async Task WriteAsync(FileInfo? file, ProbeReport report)
    {
        if (file is null)
        {
            return;
        }

        try
        {
            await ProbeReportFile.WriteAsync(file.FullName, report);
            await _output.Notes.WriteLineAsync($"Report: {file.FullName}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCodes.SomeFailed, $"--report {file.FullName} cannot be written ({exception.Message}). The result is above.");
        }
    }
}

internal static partial class ProbeLog
{
    [LoggerMessage(
        310, LogLevel.Information,
        "{User} on {Host} probed {Address} with workflow {WorkflowId}: {Requests} requests, {Deleted} sessions deleted, {Left} left")]
    public static partial void Probed(
        ILogger logger, string user, string host, string address, string workflowId, int requests, int deleted, int left);
}
