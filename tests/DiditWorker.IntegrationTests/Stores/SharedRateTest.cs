using System.Diagnostics;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.Observability;
using DiditWorker.Redis;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using StackExchange.Redis;

namespace DiditWorker.IntegrationTests.Stores;

/// <summary>
/// Replicas that share a rate, on a Redis of their own. What is asserted of time is only that nothing comes too early, which no slow
/// machine breaks.
/// </summary>
public abstract class SharedRateTest
{
    private const int PerMinute = 600;
    protected static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    protected static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>Timers count whole milliseconds, and two clocks are compared.</summary>
    protected static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(30);

    private RedisServer _server = null!;
    private ServiceProvider _services = null!;

    private protected ConnectionMultiplexer Bare { get; private set; } = null!;

    private protected RedisConnection First { get; private set; } = null!;

    private protected RedisConnection Second { get; private set; } = null!;

    private protected CancellationTokenSource Stopping { get; private set; } = null!;

    private protected RedisRateLimiter One { get; private set; } = null!;

    private protected RedisRateLimiter Other { get; private set; } = null!;

    /// <summary>The key of the time line.</summary>
    protected string Name { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await RedisServer.StartNewAsync();
        _services = new ServiceCollection().AddMetrics().AddSingleton<WorkerMetrics>().BuildServiceProvider();
        Bare = await ConnectionMultiplexer.ConnectAsync(_server.ConnectionString);
        (First, Second) = (new(_server.ConnectionString), new(_server.ConnectionString));
        await Task.WhenAll(First.PingAsync(), Second.PingAsync());
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
        await Bare.DisposeAsync();
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }

    [SetUp]
    public void Limit()
    {
        Name = $"didit:ratelimit:{Guid.NewGuid():N}";
        Stopping = new();
        (One, Other) = (Limiter(First), Limiter(Second));
    }

    [TearDown]
    public void Dispose()
    {
        One.Dispose();
        Other.Dispose();
        Stopping.Dispose();
    }

    // A script that the server does not have yet is sent whole.
    private protected Task UntilScriptsRanAsync(int count) => Eventually.UntilAsync(async () =>
    {
        var calls = await CommandCount.ReadAsync(Bare.GetServers()[0]);
        return calls["eval"] + calls["evalsha"] >= count;
    }, Bound, $"{count} scripts ran");

    private protected RedisRateLimiter Limiter(RedisConnection connection, int perMinute = PerMinute, CancellationToken? ending = null) =>
        new(connection, Name, perMinute, _services.GetRequiredService<WorkerMetrics>(), TimeProvider.System, ending ?? Stopping.Token);

    // All at once, as the deliveries of a worker would ask.
    private protected static async Task<TimeSpan[]> TakeAsync(RedisRateLimiter limiter, int requests, Stopwatch clock) =>
        await Task.WhenAll(
            Enumerable
                .Range(0, requests)
                .Select(async _ =>
                {
                    await limiter.AcquireAsync(1, CancellationToken.None);
                    return clock.Elapsed;
                })
        );
}
