using System.CommandLine;
using System.Globalization;
using DiditWorker.Didit;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Probe;

/// <summary><c>diditworker probe</c></summary>
internal sealed class ProbeCommand(DiditOptions didit, TimeProvider time, Output output)
{
    public static Command Create(OperatorHost host)
    {
        var options = new ProbeCommandOptions();
        var command =
            new Command("probe",
                "Asks Didit what it really promises, by making sessions and looking; use a sandbox key. Nothing is sent without --yes");
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => parsed.GetValue(options.Window) is { } window
            ? host.RunAsync<ProbeWindow>(
                probe => probe.RunAsync(
                    window.FullName, parsed.GetValue(options.Report)?.FullName, parsed.GetValue(options.WorkflowId),
                    parsed.GetValue(options.Yes), cancellation),
                cancellation)
            : host.RunAsync<ProbeCommand>(probe => probe.RunAsync(parsed, options, cancellation), cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, ProbeCommandOptions given, CancellationToken cancellation)
    {
        var workflow = parsed.GetValue(given.WorkflowId) ?? didit.WorkflowId
            ?? throw new CommandException(ExitCodes.WrongUsage, "--workflow-id is required where Didit:WorkflowId is not set");
        var (tries, keep) = (parsed.GetValue(given.Tries), parsed.GetValue(given.Keep));
        var most = Math.Min(parsed.GetValue(given.MaxRequests) ?? int.MaxValue, ProbePlan.MostRequests(tries));
        var options = new ProbeOptions(workflow, tries, most, keep);
        Say(options, parsed.GetValue(given.Yes));
        if (!parsed.GetValue(given.Yes))
        {
            return ExitCodes.Done;
        }

        using var http = ProbeClient.Connection(didit);
        var run = new ProbeRun(new ProbeClient(http, didit, options.MostRequests, time), didit, options, time);
        var report = await run.RunAsync(step => output.Notes.WriteLine(step + " …"), cancellation);
        return await TellAsync(report, run, keep, parsed.GetValue(given.Json), parsed.GetValue(given.Report));
    }

    private void Say(ProbeOptions options, bool yes)
    {
        var address = didit.BaseAddress.GetLeftPart(UriPartial.Authority);
        var sessions = Math.Min(ProbePlan.MostSessions(options.Tries), options.MostRequests);
        var end = options.Keep ? "and keeps them (--keep)" : "and deletes them at the end";
        Action<string> say = yes ? output.WriteNote : output.WriteText;
        say(string.Create(CultureInfo.InvariantCulture,
            $"""
            {(yes ? "" : "Would probe, with --yes: ")}{address}, workflow {options.WorkflowId}
            Makes {sessions} sessions at most, {end}; one is deleted on the way.
            Sends {options.MostRequests} requests at most, {didit.RequestsPerMinute.PerMinute} a minute at most (Didit:RequestsPerMinute).
            Sessions may be billed, and use up limits of the account: a key of a sandbox application is recommended.
            """));
    }

    private async Task<int> TellAsync(ProbeReport report, ProbeRun run, bool keep, bool json, FileInfo? file)
    {
        var conclusion = ProbeView.Conclusion(report, run.IsUnreachable);
        output.Write(json, report, () => ProbeView.Print(report, conclusion, output));
        if (json)
        {
            output.WriteNote(conclusion);
        }

        ProbeView.SayWhatIsLeft(report, run.CleanedUp!, keep, output);
        await WriteAsync(file, report);
        return run.IsUnreachable ? ExitCodes.Unreachable
            : report.StoppedBecause is not null
                || report.Findings.Any(finding => finding.Verdict == Finding.Inconclusive) ? ExitCodes.SomeFailed
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
            output.WriteNote($"Report: {file.FullName}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCodes.SomeFailed, $"--report {file.FullName} cannot be written ({Words.Of(exception)}). The result is above.");
        }
    }
}
