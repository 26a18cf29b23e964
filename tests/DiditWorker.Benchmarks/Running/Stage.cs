using System.Text.Json;
using DiditWorker.Benchmarks.Contenders;
using DiditWorker.IntegrationTests.Servers;
using DiditWorker.IntegrationTests.Support;
using StackExchange.Redis;

namespace DiditWorker.Benchmarks.Running;

/// <summary>One RabbitMQ, one Redis and one simulator for all contenders, from the same source as the integration tests'.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private const int RememberedRequests = 1_000;
    private readonly RabbitMqServer _rabbitMq;
    private readonly RedisServer _redis;

    private Stage(
        RabbitMqServer rabbitMq, RedisServer redis, SimulatorProcess simulator, Queues queues, ConnectionMultiplexer connection) =>
        (_rabbitMq, _redis, Simulator, Queues, Redis) = (rabbitMq, redis, simulator, queues, connection);

    public SimulatorProcess Simulator { get; }

    public Queues Queues { get; }

    public ConnectionMultiplexer Redis { get; }

    /// <summary>For the tables.</summary>
    public string Description => $"RabbitMQ {_rabbitMq.Version}, Redis {_redis.Version}, {Environment.ProcessorCount} cores for all of it";

    public static async Task<Stage> OpenAsync()
    {
        var rabbitMq = await RabbitMqServer.StartNewAsync();
        var redis = await RedisServer.StartNewAsync();
        var simulator = await SimulatorProcess.StartAsync(ContenderSettings.ApiKey, RememberedRequests);
        return new(rabbitMq, redis, simulator, await Queues.ConnectAsync(rabbitMq.ConnectionString),
            await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString));
    }

    /// <summary>What a contender is told.</summary>
    public ContenderSettings Settings(ushort prefetch, ushort concurrency) =>
        new(_rabbitMq.ConnectionString, _redis.ConnectionString, Simulator.Address, Queues.Input, prefetch, concurrency);

    /// <summary>Sessions that the simulator has made since the reset.</summary>
    public async Task<long> SessionsAsync() => JsonElement.Parse(await Simulator.SummaryAsync()).GetProperty("sessions").GetInt64();

    /// <summary>As if nothing had ever happened.</summary>
    public async Task ResetAsync(bool keepAnswers = true)
    {
        await Redis.GetServers()[0].FlushAllDatabasesAsync();
        await Horizons.NothingWasLostAsync(_redis.ConnectionString);
        await Simulator.ResetAsync();
        await Queues.ResetAsync(keepAnswers);
    }

    public async ValueTask DisposeAsync()
    {
        await Queues.DisposeAsync();
        await Redis.DisposeAsync();
        await Simulator.DisposeAsync();
        await _redis.DisposeAsync();
        await _rabbitMq.DisposeAsync();
    }
}
