using System.Text.Json;
using System.Text.Json.Serialization;
using DiditWorker.Protocol;
using StackExchange.Redis;

namespace DiditWorker.Redis;

/// <summary>What <c>diditworker reconcile</c> counted: Didit's sessions of a period against the records.</summary>
public sealed record ReconciliationResult
{
    /// <summary>When it ended.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>From when on sessions were made that were looked at.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Until when.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Sessions that Didit lists, whosever they are.</summary>
    public required long Sessions { get; init; }

    /// <summary>Records that are answered with a session of the period.</summary>
    public required long Answered { get; init; }

    /// <summary>Sessions of a key that has another one already: the promise does not hold.</summary>
    public required long SecondSessions { get; init; }

    /// <summary>Sessions with a key that no record names.</summary>
    public required long Orphans { get; init; }

    /// <summary>Sessions that a record names and Didit does not know.</summary>
    public required long Missing { get; init; }

    /// <summary>Sessions without a key on one of our workflows.</summary>
    public required long WithoutKey { get; init; }

    /// <summary>Unfinished sessions in the last tenth of <c>Didit:SessionLifetime</c>.</summary>
    public required long NearEnd { get; init; }
}

/// <summary>The result of the last reconciliation, which every worker shows.</summary>
public sealed class Reconciliations(RedisConnection redis, IdempotencyOptions options)
{
    private RedisKey Key => options.KeyPrefix + "{reconciliation}";

    /// <summary>The last one; null if there was none.</summary>
    /// <exception cref="RedisException">Redis cannot be asked, see <see cref="RedisConnection.IsUnavailable"/>.</exception>
    /// <exception cref="JsonException">Somebody else wrote there.</exception>
    public async Task<ReconciliationResult?> ReadLastAsync() =>
        await (await redis.DatabaseAsync()).StringGetAsync(Key) is { IsNullOrEmpty: false } text
            ? JsonSerializer.Deserialize((string)text!, ReconciliationJson.Default.ReconciliationResult)
            : null;

    /// <summary>Keeps it in place of the one before.</summary>
    /// <inheritdoc cref="ReadLastAsync" path="/exception[1]"/>
    public async Task KeepAsync(ReconciliationResult result) =>
        await (await redis.DatabaseAsync()).StringSetAsync(
            Key, JsonSerializer.Serialize(result, ReconciliationJson.Default.ReconciliationResult));
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ReconciliationResult))]
internal sealed partial class ReconciliationJson : JsonSerializerContext;
