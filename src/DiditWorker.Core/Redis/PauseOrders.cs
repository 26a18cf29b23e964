using System.Text.Json;
using System.Text.Json.Serialization;
using DiditWorker.Protocol;
using StackExchange.Redis;

namespace DiditWorker.Redis;

/// <summary>A person has said that no session is to be created.</summary>
/// <param name="Since">When.</param>
/// <param name="Until">When that is over by itself; null: only when a person says so.</param>
/// <param name="Reason">In that person's words.</param>
/// <param name="By">Who, and on which machine.</param>
public sealed record PauseOrder(DateTimeOffset Since, DateTimeOffset? Until, string Reason, string By)
{
    /// <summary>Without what it holds: a person's words and name.</summary>
    public override string ToString() => nameof(PauseOrder);
}

/// <summary>The pause of creates that an operator has ordered, for all replicas. It stands in Redis, and ends there by itself.</summary>
public sealed class PauseOrders(RedisConnection redis, IdempotencyOptions options)
{
    private RedisKey Key => options.KeyPrefix + "{pause}";

    /// <summary>The order that holds; null if there is none.</summary>
    /// <exception cref="RedisException">Redis cannot be asked, see <see cref="RedisConnection.IsUnavailable"/>.</exception>
    /// <exception cref="JsonException">Somebody else wrote there.</exception>
    public async Task<PauseOrder?> ReadAsync() => await (await redis.DatabaseAsync()).StringGetAsync(Key) is { IsNullOrEmpty: false } text
        ? JsonSerializer.Deserialize((string)text!, PauseJson.Default.PauseOrder)
        : null;

    /// <summary>Orders a pause, in place of the one that holds.</summary>
    /// <inheritdoc cref="ReadAsync" path="/exception[1]"/>
    public async Task GiveAsync(PauseOrder order)
    {
        // As deploy/redis allows them: the client would say SETEX, and below UNLINK.
        object[] set = [Key, JsonSerializer.Serialize(order, PauseJson.Default.PauseOrder)];
        object[] end = order.Until is { } until ? ["PX", (long)(until - order.Since).TotalMilliseconds] : [];
        await (await redis.DatabaseAsync()).ExecuteAsync("SET", [.. set, .. end]);
    }

    /// <summary>Ends it.</summary>
    /// <inheritdoc cref="ReadAsync" path="/exception[1]"/>
    public async Task EndAsync() => await (await redis.DatabaseAsync()).ExecuteAsync("DEL", [Key]);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PauseOrder))]
internal sealed partial class PauseJson : JsonSerializerContext;
