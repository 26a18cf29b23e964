using System.Text.Json;
using System.Text.Json.Serialization;
using DiditWorker.Operations.Terminal;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using StackExchange.Redis;

namespace DiditWorker.Operations.Audit;

/// <summary>One line of the audit.</summary>
public sealed record AuditEntry
{
    /// <summary>When it was written.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The operating system's user.</summary>
    public required string User { get; init; }

    /// <summary>The machine.</summary>
    public required string Host { get; init; }

    /// <summary>For example <c>dead-letters replay</c>.</summary>
    public required string Command { get; init; }

    /// <summary>What it was to act on; no contents.</summary>
    public required string Selection { get; init; }

    /// <summary>The operator's words.</summary>
    public string? Reason { get; init; }

    /// <summary>What came of it.</summary>
    [JsonPropertyName("outcome")]
    public required string Result { get; init; }

    /// <summary>On one line.</summary>
    public string InWords() => Layout.OneLine(
        $"Audited: {User}@{Host}, {Command} ({Selection}){(Reason is null ? "" : $", reason: {Reason}")}: {Result}");
}

/// <summary>
/// What operators did: a list in Redis that is only ever added to and keeps the last 10,000 lines. The operator is told what was added,
/// on standard error and in one line, since that may be kept as the log of a job.
/// </summary>
internal sealed class AuditLog(RedisConnection redis, IdempotencyOptions options, TimeProvider time, Output output)
{
    private const int Kept = 10_000;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private RedisKey Key => options.KeyPrefix + "{audit}";

    /// <summary>Adds a line.</summary>
    /// <exception cref="RedisException">It could not be stored.</exception>
    public async Task AddAsync(string command, string selection, string? reason, string result) =>
        output.WriteNote((await StoreAsync(command, selection, reason, result)).InWords());

    private async Task<AuditEntry> StoreAsync(string command, string selection, string? reason, string result)
    {
        var entry = new AuditEntry
        {
            At = time.GetUtcNow(),
            User = Environment.UserName,
            Host = Environment.MachineName,
            Command = command,
            Selection = selection,
            Reason = reason,
            Result = result,
        };
        var both = (await redis.DatabaseAsync()).CreateTransaction();
        _ = both.ListRightPushAsync(Key, JsonSerializer.Serialize(entry, Json));
        _ = both.ListTrimAsync(Key, -Kept, -1);
        await both.ExecuteAsync();
        return entry;
    }

    /// <summary>
    /// Acts, between two lines: the first shows that an audit is possible, and stays if the command is killed.
    /// </summary>
    /// <param name="line">Command, selection and reason.</param>
    /// <param name="begun">What is begun.</param>
    /// <param name="action">What is done.</param>
    /// <param name="result">What has come of it so far; asked also if the action fails.</param>
    public async Task AroundAsync(
        (string Command, string Selection, string? Reason) line, string begun, Func<Task> action, Func<string> result)
    {
        await StoreAsync(line.Command, line.Selection, line.Reason, begun);
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
                await AddAsync(line.Command, line.Selection, line.Reason, ended + result());
            }
            catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
            {
                output.WriteNote(
                    $"The audit in Redis says only that it was begun: the outcome could not be added ({RedisRefusal.InWords(exception)}).");
            }
        }
    }

    /// <summary>The last lines, oldest first.</summary>
    public async Task<IReadOnlyList<AuditEntry>> LastAsync(int count) =>
        [.. (await (await redis.DatabaseAsync()).ListRangeAsync(Key, -count, -1))
            .Select(line => JsonSerializer.Deserialize<AuditEntry>((string)line!, Json)!)];
}
