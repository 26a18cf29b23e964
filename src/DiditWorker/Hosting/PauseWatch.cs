using System.Text.Json;
using DiditWorker.Didit;
using DiditWorker.Protocol;
using DiditWorker.Redis;

namespace DiditWorker.Hosting;

/// <summary>
/// Does what operators order with <c>pause</c> and <c>resume</c>, and looks what is left of the budget of creates. While Redis cannot be
/// asked it stays as last known.
/// </summary>
internal sealed partial class PauseWatch(PauseOrders orders, DiditPipeline pipeline, TimeProvider time, ILogger<PauseWatch> logger)
    : BackgroundService
{
    /// <summary>How long an order waits at most until it is heeded.</summary>
    internal static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    // A Redis that is away must not keep a worker from starting.
    private static readonly TimeSpan MaxFirstLook = TimeSpan.FromSeconds(2);

    private PauseOrder? _last;

    /// <summary>Before any message is taken: an order outlasts a restart.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync().WaitAsync(MaxFirstLook, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(BetweenLooks, time, stoppingToken);
            await LookAsync();
        }
    }

    private Task LookAsync() => Task.WhenAll(ReadOrderAsync(), pipeline.Budget?.LookAsync() ?? Task.CompletedTask);

    private async Task ReadOrderAsync()
    {
        try
        {
            Heed(await orders.ReadAsync());
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception) || exception is JsonException)
        {
            // As last known.
        }
    }

    private void Heed(PauseOrder? order)
    {
        if (order == _last)
        {
            return;
        }

        _last = order;
        pipeline.Creates.Gate.Hold(PauseReasons.Operator, order is null ? null
            : new(PauseReasons.Operator, $"{order.Reason} ({order.By})", order.Since, order.Until ?? DateTimeOffset.MaxValue));
        if (order is null)
        {
            Log.Resumed(logger);
        }
        else
        {
            Log.Paused(logger, order.By, order.Reason, order.Until?.ToString("O") ?? "diditworker resume");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(11, LogLevel.Warning, "Creates are paused by {By}: {Reason}; until {Until}. Answers from records go on")]
        public static partial void Paused(ILogger logger, string by, string reason, string until);

        [LoggerMessage(12, LogLevel.Information, "Creates go on: the pause that an operator ordered is over")]
        public static partial void Resumed(ILogger logger);
    }
}
