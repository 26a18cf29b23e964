using System.Globalization;
using DiditWorker.Didit;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Probe;

/// <summary><c>diditworker probe --window FILE</c></summary>
internal sealed class ProbeWindow(DiditOptions options, TimeProvider time, Output output)
{
    /// <summary>
    /// Says what is known of the window; with <paramref name="yes"/>, repeats keys of earlier runs first and makes new ones.
    /// </summary>
    /// <param name="file">Where the keys are kept between runs; made if it does not exist.</param>
    /// <param name="reportFile">A report that takes the finding up; it must exist.</param>
    /// <param name="workflowId">The workflow; null: the one of the settings.</param>
    /// <param name="yes">Without it, nothing is sent or written.</param>
    /// <param name="cancellation">Ends it; the sessions are deleted all the same.</param>
    /// <returns>0; 1 if something is inconclusive, stopped early, or a session is left.</returns>
    /// <exception cref="CommandException">A file, the address or the workflow does not fit.</exception>
    public async Task<int> RunAsync(string file, string? reportFile, string? workflowId, bool yes, CancellationToken cancellation)
    {
        var didit = options with { WorkflowId = workflowId ?? options.WorkflowId };
        var memory = ProbeWindowFiles.ReadMemory(file, didit);
        var report = reportFile is null ? null : ProbeWindowFiles.ReadReport(reportFile, didit);
        Say(memory, didit, yes, time.GetUtcNow());
        if (!yes)
        {
            Tell(memory, didit, time.GetUtcNow());
            return ExitCodes.Done;
        }

        // Now, so that it is known before anything is made that it can be written.
        await ProbeWindowFiles.SaveAsync(file, memory);
        using var run = new ProbeWindowRun(memory, file, didit, time, output);
        var clear = await run.GoAsync(cancellation);
        memory = run.Memory;
        output.WriteNote(string.Create(CultureInfo.InvariantCulture,
            $"Measured by {Environment.UserName}@{Environment.MachineName}: {memory.Address}, workflow {memory.WorkflowId}, "
                + $"{Words.Count(run.Requests, "request")}, {run.Left} sessions left"));
        Tell(memory, didit, time.GetUtcNow());
        if (report is not null)
        {
            await ProbeWindowFiles.MergeAsync(reportFile!, report, WindowBounds.Of(memory), output);
        }

        return clear && !WindowBounds.Of(memory).Contradictory ? ExitCodes.Done : ExitCodes.SomeFailed;
    }

    private void Say(WindowMemory memory, DiditOptions didit, bool yes, DateTimeOffset now)
    {
        var (requests, sessions) = WindowPlan.Most(memory, now);
        var would = yes ? "" : "Would measure, with --yes: ";
        Action<string> say = yes ? output.WriteNote : output.WriteText;
        say(string.Create(CultureInfo.InvariantCulture,
            $"""
            {would}{memory.Address}, workflow {memory.WorkflowId}
            Repeats {WindowPlan.Choose(memory, now).Count} of {memory.Waiting.Count()} waiting keys and makes {WindowPlan.New} new ones.
            Makes {sessions} sessions at most, and deletes each at once.
            Sends {requests} requests at most, {didit.RequestsPerMinute.PerMinute} a minute at most (Didit:RequestsPerMinute).
            Sessions may be billed, and use up limits of the account: a key of a sandbox application is recommended.
            """));
    }

    private void Tell(WindowMemory memory, DiditOptions didit, DateTimeOffset now)
    {
        var finding = WindowBounds.Of(memory).ToFinding();
        output.WriteText($"{finding.Id}: {finding.Verdict}");
        output.WriteRows(
        [
            ("measured", finding.Measured),
            ("set", $"Didit:IdempotencyWindow is {didit.IdempotencyWindow:c}, Didit:LookupBeforeResend is {didit.LookupBeforeResend}"),
            ("follows", finding.Follows),
        ]);
        var next = WindowPlan.Next(memory, didit.IdempotencyWindow, now);
        output.WriteText(next.Count > 0 ? "Run it again at (UTC), to learn of age:" : "Another run would tell nothing new now.");
        output.WriteRows(next.Select(run => ("  " + Output.Time(run.At), run.Age.ToString("c", CultureInfo.InvariantCulture))));
    }
}
