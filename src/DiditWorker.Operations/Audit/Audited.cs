using DiditWorker.Redis;

namespace DiditWorker.Operations.Audit;

/// <summary>Two lines of audit around an action: the first shows that an audit is possible, and stays if the command is killed.</summary>
internal static class Audited
{
    /// <summary>Acts, and says in the audit what came of it.</summary>
    /// <param name="audit">The audit.</param>
    /// <param name="notes">For people.</param>
    /// <param name="line">Command, selection and reason.</param>
    /// <param name="begun">What is begun.</param>
    /// <param name="action">What is done.</param>
    /// <param name="outcome">What has come of it so far; asked also if the action fails.</param>
    public static async Task RunAsync(
        AuditLog audit, TextWriter notes, (string Command, string Selection, string? Reason) line, string begun, Func<Task> action,
        Func<string> outcome)
    {
        await audit.AddAsync(line.Command, line.Selection, line.Reason, begun);
        var ended = "ended early: ";
        try
        {
            await action();
            ended = "";
        }
        finally
        {
            try
            {
                await audit.AddAsync(line.Command, line.Selection, line.Reason, ended + outcome());
            }
            catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
            {
                await notes.WriteLineAsync(
                    $"The outcome could not be added to the audit in Redis, only to the log ({RedisRefusal.InWords(exception)}).");
            }
        }
    }
}
