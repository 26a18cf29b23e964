using System.Globalization;
using DiditWorker.Protocol;
using StackExchange.Redis;

namespace DiditWorker.Redis;

/// <summary>Dead letters of one group, as far as they were counted.</summary>
/// <param name="Group">One of <see cref="DeadLetterGroups"/>.</param>
/// <param name="Count">How many.</param>
/// <param name="OldestPublished">When the oldest of them was published, to the minute; null if none says so.</param>
public sealed record CountedGroup(string Group, long Count, DateTimeOffset? OldestPublished);

/// <summary>
/// How many dead letters of which group and age lie in a queue, counted in Redis when they are parked and when an operator's command takes
/// them out: to look into the queue would raise delivery counts. The queue's own depth, which the broker tells, is the truth; the counts
/// only say what it consists of. One hash for each queue, a field for each group and minute of publishing, at most
/// <see cref="MaxFields"/>: from then on a minute is counted with the next older one of its group.
/// </summary>
public sealed partial class DeadLetterCounts(
    RedisConnection redis, IdempotencyOptions options, TimeSpan windowMargin, TimeProvider time, ILogger<DeadLetterCounts> logger)
{
    /// <summary>Of one queue: every replica reads them all every few seconds.</summary>
    public const int MaxFields = 1_000;

    // Down to 0 and not below: what is taken out need not have been counted. A minute that has no field is that of the next older one of
    // its group, or of the oldest: what is left seems older than it is, never younger. ARGV: most fields, then fields and changes.
    private const string CountScript = """
        local most = tonumber(ARGV[1])
        local function fields()
          local names, all = {}, redis.call('HGETALL', KEYS[1])
          for i = 1, #all, 2 do names[#names + 1] = all[i] end
          return names
        end
        local function group(field) return string.sub(field, string.find(field, '|', 1, true), -1) end
        local function next_older(field, names)
          local best, oldest
          for _, name in ipairs(names) do
            if name ~= field and group(name) == group(field) then
              if name < field and (not best or name > best) then best = name end
              if not oldest or name < oldest then oldest = name end
            end
          end
          return best or oldest
        end
        for i = 2, #ARGV, 2 do
          local field, change = ARGV[i], tonumber(ARGV[i + 1])
          if not redis.call('HGET', KEYS[1], field) then
            local names = fields()
            if change < 0 or #names >= most then field = next_older(field, names) or (change > 0 and field) end
          end
          if field and redis.call('HINCRBY', KEYS[1], field, change) <= 0 then redis.call('HDEL', KEYS[1], field) end
        end

        -- An earlier version made as many as it liked: the newest of each group are counted with one that stays.
        local names, groups, count = fields(), {}, 0
        if #names <= most + 20 then return end
        table.sort(names)
        for _, name in ipairs(names) do
          local own = group(name)
          if not groups[own] then groups[own], count = {}, count + 1 end
          table.insert(groups[own], name)
        end
        for _, own in pairs(groups) do
          local stays = math.max(1, math.floor(most / count))
          for i = stays + 1, #own do
            redis.call('HINCRBY', KEYS[1], own[stays], redis.call('HGET', KEYS[1], own[i]))
            redis.call('HDEL', KEYS[1], own[i])
          end
        end
        """;

    // ARGV: how many messages the queue holds, how many are to go. Whoever comes second with the same excess finds it gone.
    private const string TrimScript = """
        local fields, sum = {}, 0
        local all = redis.call('HGETALL', KEYS[1])
        for i = 1, #all, 2 do
          fields[#fields + 1] = all[i]
          sum = sum + all[i + 1]
        end
        local left = tonumber(ARGV[2])
        if sum - tonumber(ARGV[1]) < left then return 0 end
        table.sort(fields)
        for _, field in ipairs(fields) do
          local take = math.min(left, tonumber(redis.call('HGET', KEYS[1], field)))
          if take > 0 and redis.call('HINCRBY', KEYS[1], field, -take) <= 0 then redis.call('HDEL', KEYS[1], field) end
          left = left - take
        end
        return tonumber(ARGV[2])
        """;

    /// <summary>One was parked.</summary>
    /// <inheritdoc cref="ChangeAsync" path="/remarks"/>
    public Task ParkedAsync(string queue, string group, DateTimeOffset? publishedAt) => ChangeAsync(queue, [(group, publishedAt)], 1);

    /// <summary>Some came into the queue (1), or were taken out of it (-1), by their group.</summary>
    /// <remarks>If Redis cannot be asked they stay as they were counted, which the depth of the queue sets right.</remarks>
    public Task ChangeAsync(string queue, IReadOnlyCollection<(string Group, DateTimeOffset? PublishedAt)> letters, int change)
    {
        var fields = letters.Select(letter => Field(letter.Group, letter.PublishedAt)).CountBy(field => field, StringComparer.Ordinal);
        return RunAsync(
            queue, CountScript, [MaxFields, .. fields.SelectMany(field => new RedisValue[] { field.Key, field.Value * change })]);
    }

    /// <summary>What was counted, by group.</summary>
    /// <exception cref="RedisException">Redis cannot be asked.</exception>
    public async Task<IReadOnlyList<CountedGroup>> ReadAsync(string queue)
    {
        var fields = await (await redis.DatabaseAsync()).HashGetAllAsync(Key(queue));
        return [.. fields.Select(field => (Name: ((string)field.Name!).Split('|', 2), Count: (long)field.Value))
            .GroupBy(field => field.Name[1], StringComparer.Ordinal)
            .Select(group =>
                new CountedGroup(group.Key, group.Sum(field => field.Count), group.Select(field => Minute(field.Name[0])).Min()))];
    }

    /// <summary>
    /// Forgets as many as were counted but are not there: another tool took them. Those published first go first, since such tools take
    /// messages from the head of the queue.
    /// </summary>
    /// <remarks>If Redis cannot be asked they stay, until the next time.</remarks>
    public Task TrimAsync(string queue, long depth, long excess) => RunAsync(queue, TrimScript, [depth, excess]);

    private async Task RunAsync(string queue, string script, RedisValue[] arguments)
    {
        try
        {
            await (await redis.DatabaseAsync()).ScriptEvaluateAsync(script, [Key(queue)], arguments);
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            Log.NotCounted(logger, queue, RedisRefusal.InWords(exception));
        }
    }

    private RedisKey Key(string queue) => $"{options.KeyPrefix}{{deadletters}}:{queue}";

    // Zeros in front, so that text sorts like time.
    private string Field(string group, DateTimeOffset? publishedAt)
    {
        var minute = MeantTime.Believable(publishedAt, windowMargin, time.GetUtcNow())?.ToUnixTimeSeconds() / 60;
        return $"{(minute is { } known and > 0 ? known.ToString("D10", CultureInfo.InvariantCulture) : "-")}|{DeadLetterGroups.Of(group)}";
    }

    // An earlier worker also wrote down times that nobody can mean.
    private static DateTimeOffset? Minute(string text) => int.TryParse(
            text, NumberStyles.None, CultureInfo.InvariantCulture, out var minute)
        ? MeantTime.Meant(DateTimeOffset.FromUnixTimeSeconds(minute * 60L))
        : null;

    private static partial class Log
    {
        [LoggerMessage(
            200, LogLevel.Warning,
            "Dead letters of {Queue} could not be counted ({Error}); the metrics show them as Uncounted, or for a while too many")]
        public static partial void NotCounted(ILogger logger, string queue, string error);
    }
}
