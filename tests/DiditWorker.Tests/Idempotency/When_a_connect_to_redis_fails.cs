using DiditWorker.Hosting;
using DiditWorker.Redis;
using DiditWorker.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Shouldly;
using StackExchange.Redis;

namespace DiditWorker.Tests.Idempotency;

public sealed class When_a_connect_to_redis_fails
{
    // No Sentinel listens there, so that each try fails.
    private const string Nobody = "127.0.0.1:1,serviceName=didit,connectTimeout=200,connectRetry=1";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private int _tries;

    [SetUp]
    public void Begin() => _tries = 0;

    [Test]
    public async Task All_who_ask_share_one_try_and_its_failure_for_a_second()
    {
        await using var connection = Failing();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Should.ThrowAsync<IOException>(() => connection.PingAsync())));
        await Should.ThrowAsync<IOException>(() => connection.PingAsync());
        _tries.ShouldBe(1);

        _time.Advance(TimeSpan.FromSeconds(0.9));
        await Should.ThrowAsync<IOException>(() => connection.PingAsync());
        _tries.ShouldBe(1);
    }

    [Test]
    public async Task After_a_second_it_is_tried_again()
    {
        await using var connection = Failing();
        for (var tries = 1; tries <= 5; tries++)
        {
            await Should.ThrowAsync<IOException>(() => connection.PingAsync());
            _tries.ShouldBe(tries);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Test]
    public async Task Without_sentinel_redis_counts_as_away_and_the_end_is_quiet()
    {
        var connection = new RedisConnection(() => Nobody, host => new() { TargetHost = host }, _time);
        RedisConnection.IsUnavailable(await Should.ThrowAsync<RedisException>(() => connection.PingAsync())).ShouldBeTrue();

        await Should.NotThrowAsync(async () => await connection.DisposeAsync());

        (await Should.ThrowAsync<ObjectDisposedException>(() => connection.PingAsync()))
            .ShouldSatisfyAllConditions(e => RedisConnection.IsUnavailable(e).ShouldBeTrue());
    }

    [Test]
    public async Task The_host_disposes_the_connection()
    {
        var provider = new ServiceCollection().AddLogging()
            .AddDiditWorker(Configured.Of(("Didit:ApiKey", "k"), ("ConnectionStrings:Redis", "127.0.0.1:1,connectTimeout=200")))
            .BuildServiceProvider();
        var connection = provider.GetRequiredService<RedisConnection>();

        await provider.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(() => connection.PingAsync());
    }

    private RedisConnection Failing() => new(
        () =>
        {
            Interlocked.Increment(ref _tries);
            throw new IOException("not there yet");
        },
        host => new() { TargetHost = host }, _time);
}
