using DiditWorker.Hosting;
using DiditWorker.Idempotency;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DiditWorker.DeadLetters;

/// <summary>
/// Asks the broker now and then how many messages the worker's queues hold (a passive declare, which neither takes nor moves any), and Redis
/// what the dead letters among them are.
/// </summary>
public sealed partial class QueueWatch(WorkerSettings settings, DeadLetterCounts counts, TimeProvider time, ILogger<QueueWatch> logger) : BackgroundService
{
    private readonly Dictionary<string, long> _excess = new(StringComparer.Ordinal);
    private IConnection? _connection;
    private QueueView? _latest;

    /// <summary>The latest view; none while the broker does not answer, since an old one would be taken for today's.</summary>
    public QueueView? Latest => Volatile.Read(ref _latest);

    /// <summary>Which of the queues is the one that the worker takes messages from.</summary>
    public string InputQueue => settings.StartVerification.Queue;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                Volatile.Write(ref _latest, await LookAsync(stoppingToken));
                await Task.Delay(settings.StartVerification.QueueWatchInterval, time, stoppingToken);
            }
        }
        finally
        {
            await CloseAsync();
        }
    }

    private async Task<QueueView?> LookAsync(CancellationToken cancellation)
    {
        try
        {
            _connection ??= await BrokerConnection.OpenAsync(settings.RabbitMq, "diditworker queue watch", cancellation);
            var queues = new List<QueueDepth>();
            foreach (var name in (string[])[InputQueue, settings.StartVerification.ErrorQueue, settings.StartVerification.SkippedQueue])
            {
                if (await BrokerConnection.LookAsync(_connection, name, cancellation) is { } queue)
                {
                    queues.Add(new(name, queue.MessageCount, queue.ConsumerCount));
                }
                else if (name != InputQueue)
                {
                    // The broker would write a line about each look at a queue that is not there.
                    await ParkingQueue.DeclareAsync(_connection, name, cancellation);
                }
            }

            return new(time.GetUtcNow(), queues, await GroupsAsync(queues));
        }
        catch (Exception exception) when (exception is BrokerUnreachableException or OperationInterruptedException or AlreadyClosedException or IOException or TimeoutException)
        {
            // Health tells of the broker; this is only why there are no depths.
            Log.NotSeen(logger, exception.GetType().Name);
            await CloseAsync();
            return null;
        }
    }

    private async Task<IReadOnlyList<GroupDepth>?> GroupsAsync(List<QueueDepth> queues)
    {
        try
        {
            var groups = new List<GroupDepth>();
            foreach (var queue in queues.Where(queue => queue.Name != InputQueue))
            {
                groups.AddRange(await GroupsAsync(queue));
            }

            return groups;
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            return null;
        }
    }

    private async Task<IEnumerable<GroupDepth>> GroupsAsync(QueueDepth queue)
    {
        var counted = await counts.ReadAsync(queue.Name);
        var excess = counted.Sum(group => group.Count) - queue.Messages;
        await ReconcileAsync(queue, excess);
        var groups = counted.Select(group => new GroupDepth(queue.Name, group.Group, group.Count, group.OldestPublished + settings.Didit.UsableWindow));
        return excess < 0 ? groups.Append(new(queue.Name, DeadLetterGroups.Uncounted, -excess, null)) : groups;
    }

    // One that is just being parked is counted before the broker shows it, and an operator's command holds messages as a consumer for a while: only what
    // stays too much from one look to the next is gone.
    private async Task ReconcileAsync(QueueDepth queue, long excess)
    {
        var before = _excess.GetValueOrDefault(queue.Name);
        _excess[queue.Name] = queue.Consumers > 0 ? 0 : excess;
        if (queue.Consumers == 0 && Math.Min(before, excess) is > 0 and var gone)
        {
            await counts.TrimAsync(queue.Name, queue.Messages, gone);
            _excess[queue.Name] = 0;
        }
    }

    private async Task CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(201, LogLevel.Debug, "The queues cannot be looked at ({Error})")]
        public static partial void NotSeen(ILogger logger, string error);
    }
}
