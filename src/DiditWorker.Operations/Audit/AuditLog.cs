using System.Text.Json;
using DiditWorker.Protocol;
using DiditWorker.Redis;
using StackExchange.Redis;

namespace DiditWorker.Operations.Audit;

/// <summary>One line of the audit.</summary>
/// <param name="At">When the command ended.</param>
/// <param name="User">The operating system's user.</param>
/// <param name="Host">The machine.</param>
/// <param name="Command">For example <c>dead-letters replay</c>.</param>
/// <param name="Selection">What it was to act on; no contents.</param>
/// <param name="Reason">The operator's words.</param>
/// <param name="Outcome">What came of it.</param>
public sealed record AuditEntry(
    DateTimeOffset At, string User, string Host, string Command, string Selection, string? Reason, string Outcome);

/// <summary>
/// What operators did: a structured log line, and a list in Redis that is only ever added to and keeps the last 10,000 lines.
/// </summary>
public sealed partial class AuditLog(RedisConnection redis, IdempotencyOptions options, TimeProvider time, ILogger<AuditLog> logger)
{
    private const int Kept = 10_000;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private RedisKey Key => options.KeyPrefix + "{audit}";

    /// <summary>Adds a line.</summary>
    /// <exception cref="RedisException">It could not be stored; it is logged all the same.</exception>
    public async Task AddAsync(string command, string selection, string? reason, string outcome)
    {
        var entry = new AuditEntry(time.GetUtcNow(), Environment.UserName, Environment.MachineName, command, selection, reason, outcome);
        Log.Audited(logger, entry.User, entry.Host, command, selection, reason, outcome);
        var both = (await redis.DatabaseAsync()).CreateTransaction();
        _ = both.ListRightPushAsync(Key, JsonSerializer.Serialize(entry, Json));
        _ = both.ListTrimAsync(Key, -Kept, -1);
        await both.ExecuteAsync();
    }

    /// <summary>The last lines, oldest first.</summary>
    public async Task<IReadOnlyList<AuditEntry>> LastAsync(int count) =>
        [.. (await (await redis.DatabaseAsync()).ListRangeAsync(Key, -count, -1))
            .Select(line => JsonSerializer.Deserialize<AuditEntry>((string)line!, Json)!)];

    private static partial class Log
    {
        [LoggerMessage(300, LogLevel.Information, "{User} on {Host}: {Command} ({Selection}), reason: {Reason}: {Outcome}")]
        public static partial void Audited(
            ILogger logger, string user, string host, string command, string selection, string? reason, string outcome);
    }
}
