using System.Globalization;
using DiditWorker.Didit;
using DiditWorker.Operations.Terminal;

namespace DiditWorker.Operations.Probe;

/// <summary><c>diditworker probe --window FILE</c></summary>
internal sealed partial class ProbeWindow(
    DiditOptions options, TimeProvider time, Output output, ILogger<ProbeWindowRun> logger)
{
    /// <summary>
    /// Says what is known of the window; with <paramref name="yes"/>, repeats keys of earlier runs first and makes new ones.
    /// </summary>
    /// <param name="file">Where the keys are kept between runs; made if it does not exist.</param>
    /// <param name="reportFile">A report that takes the finding up; it must exist.</param>
    /// <param name="workflowId">The workflow; null: the one of the settings.</param>
    /// <param name="yes">Without it, nothing is sent or written.</param>
    /// <param name="cancellation">Ends it; the sessions are deleted all the same.</param>
    /// <returns>0; 1 if something is unclear, stopped early, or a session is left.</returns>
    /// <exception cref="CommandException">A file, the address or the workflow does not fit.</exception>
    public async Task<int> RunAsync(string file, string? reportFile, string? workflowId, bool yes, CancellationToken cancellation)
    {
        var didit = options with { WorkflowId = workflowId ?? options.WorkflowId };
        var memory = ProbeWindowFiles.ReadMemory(file, didit);
        var report = reportFile is null ? null : ProbeWindowFiles.ReadReport(reportFile, didit);
        await SayAsync(memory, didit, yes ? output.Notes : output.Text, yes, time.GetUtcNow());
        if (!yes)
        {
            await TellAsync(memory, didit, output.Text, time.GetUtcNow());
            return ExitCodes.Done;
        }

        // Now, so that it is known before anything is made that it can be written.
        await ProbeWindowFiles.SaveAsync(file, memory);
        using var run = new ProbeWindowRun(memory, file, didit, time, output.Notes);
        var clear = await run.GoAsync(cancellation);
        memory = run.Memory;
        Log.Probed(
            logger, Environment.UserName, Environment.MachineName, memory.Address,
            memory.WorkflowId, run.Requests, run.Left);
        await TellAsync(memory, didit, output.Text, time.GetUtcNow());
        if (report is not null)
        {
            await ProbeWindowFiles.MergeAsync(reportFile!, report, WindowBounds.Of(memory), output.Notes);
        }

        return clear && !WindowBounds.Of(memory).Contradictory ? ExitCodes.Done : ExitCodes.SomeFailed;
    }

    private static async Task SayAsync(WindowMemory memory, DiditOptions didit, TextWriter to, bool yes, DateTimeOffset now)
    {
        var (requests, sessions) = WindowPlan.Most(memory, now);
        var would = yes ? "" : "Would measure, with --yes: ";
        await to.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"""
            {would}{memory.Address}, workflow {memory.WorkflowId}
            Repeats {WindowPlan.Choose(memory, now).Count} of {memory.Waiting.Count()} waiting keys and makes {WindowPlan.New} new ones.
            Makes {sessions} sessions at most, and deletes each at once. Sends {requests} requests at most, {didit.RequestsPerMinute} a minute at most (Didit:RequestsPerMinute).
            Sessions may be billed, and use up limits of the account: a key of a sandbox application is recommended.
            """));
    }

    private static async Task TellAsync(WindowMemory memory, DiditOptions didit, TextWriter to, DateTimeOffset now)
    {
        var finding = WindowBounds.Of(memory).ToFinding();
        await to.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"""
            {finding.Id}: {finding.Verdict}
            Measured: {finding.Measured}
            Set:      Didit:IdempotencyWindow is {didit.IdempotencyWindow:c}, Didit:LookupBeforeResend is {didit.LookupBeforeResend}
            Follows:  {finding.Follows}
            """));
        var next = WindowPlan.Next(memory, didit.IdempotencyWindow, now);
        await to.WriteLineAsync(next.Count > 0 ? "Run it again at (UTC), to learn of age:" : "Another run would tell nothing new now.");
        foreach (var (age, at) in next)
        {
            await to.WriteLineAsync($"  {Output.Time(at)}  {age.ToString("c", CultureInfo.InvariantCulture)}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            311, LogLevel.Information,
            "{User} on {Host} measured the window of {Address} with workflow {WorkflowId}: {Requests} requests, {Left} sessions left")]
        public static partial void Probed(
            ILogger logger, string user, string host, string address, string workflowId, int requests, int left);
    }
}
