using System.Globalization;
using DiditWorker.Protocol;
using StackExchange.Redis;

namespace DiditWorker.Redis;

/// <summary>
/// Since when Redis remembers. A claim reads its marker on the way; this is for health and for operators. Failures to reach Redis surface
/// as they are, see <see cref="RedisConnection.IsUnavailable"/>.
/// </summary>
public sealed class Horizon(RedisConnection redis, IdempotencyOptions options)
{
    // A cluster has 16,384 markers.
    private const int AtOnce = 512;

    private static readonly RedisScript Script = RedisScript.Of("horizon");

    /// <summary>Reads all markers.</summary>
    public Task<HorizonReading> ReadAsync() => OnAllAsync("read");

    /// <summary>An operator knows that no record was lost, or that there was none: Redis counts as if it had always remembered.</summary>
    public Task<HorizonReading> NothingWasLostAsync() => OnAllAsync("ever");

    /// <summary>
    /// An operator knows that records were lost and the marker was not, as after an old backup was restored: Redis remembers from now on.
    /// </summary>
    public Task<HorizonReading> SomethingWasLostAsync() => OnAllAsync("now");

    /// <summary>Reads one marker of each primary, since a server loses its data as a whole. One that is missing begins now.</summary>
    public async Task<HorizonReading> SampleAsync()
    {
        var database = await redis.DatabaseAsync();
        var records = RedisWrites.Keys(database, options.KeyPrefix);
        return await RunAsync(
            database, records.Select(record => HorizonMarkers.For(database.Multiplexer, options.KeyPrefix, record)), "begin");
    }

    private async Task<HorizonReading> OnAllAsync(string what)
    {
        var database = await redis.DatabaseAsync();
        return await RunAsync(database, HorizonMarkers.All(database.Multiplexer, options.KeyPrefix), what);
    }

    private static async Task<HorizonReading> RunAsync(IDatabase database, IEnumerable<RedisKey> markers, string what)
    {
        var reading = new HorizonReading(DateTimeOffset.MinValue, DateTimeOffset.MinValue, Markers: 0, Missing: 0);
        foreach (var some in markers.Chunk(AtOnce))
        {
            foreach (var reply in await Task.WhenAll(some.Select(marker => Script.RunAsync(database, [marker], [what]))))
            {
                reading = With(reading, (RedisValue[])reply!);
            }
        }

        return reading.Missing > 0 ? reading with { Since = reading.At } : reading;
    }

    private static HorizonReading With(HorizonReading reading, RedisValue[] reply)
    {
        var isMissing = reply[1].IsNullOrEmpty;
        return new(
            Later(reading.At, Time(reply[0])), isMissing ? reading.Since : Later(reading.Since, Time(reply[1])),
            reading.Markers + 1, reading.Missing + (isMissing ? 1 : 0));
    }

    private static DateTimeOffset Time(RedisValue milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse((string)milliseconds!, CultureInfo.InvariantCulture));

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
