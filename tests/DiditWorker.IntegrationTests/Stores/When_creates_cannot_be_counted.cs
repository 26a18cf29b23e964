using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Redis;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>Redis is away: a replica goes on from what it knew last, and tells Redis later.</summary>
public sealed class When_creates_cannot_be_counted
{
    private const int PerDay = 5;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Test]
    public async Task It_sends_no_more_than_what_was_left_and_counts_that_when_redis_is_back()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var connection = new RedisConnection(redis.ConnectionString);
        var count = new CreateCount(connection, "creates", PerDay, TimeProvider.System);
        await count.TakeAsync();
        await count.TakeAsync();
        await redis.StopAsync();

        var taken = 0;
        for (var i = 0; i < 2 * PerDay; i++)
        {
            taken += await count.TakeAsync() is null ? 0 : 1;
        }

        taken.ShouldBe(PerDay - 2);
        await redis.StartAsync();
        await using var bare = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var kept = await bare.GetDatabase().KeyExistsAsync("creates") ? 2 : 0;
        await Eventually.UntilAsync(
            async () =>
            {
                await count.LookAsync();
                return await bare.GetDatabase().StringGetAsync("creates") == $"{count.Latest.Day} {kept + taken}";
            },
            Bound, "Redis has been told");
    }
}
