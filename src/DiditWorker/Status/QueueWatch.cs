using DiditWorker.Didit;
using DiditWorker.Operations.Broker;
using DiditWorker.Redis;
using DiditWorker.Verification;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DiditWorker.Status;

/// <summary>
/// Asks the broker now and then how many messages the worker's queues hold (a passive declare, which neither takes nor moves any), and
/// Redis what the dead letters among them are.
/// </summary>
public sealed partial class QueueWatch(
    BrokerAccess access, StartVerificationOptions options, DiditOptions didit, DeadLetterCounts counts, BrokerFindings findings,
    TimeProvider time, ILogger<QueueWatch> logger) : BackgroundService
{
    private static readonly Version FirstThatSorts = new(4, 0);

    private readonly Dictionary<string, long> _excess = new(StringComparer.Ordinal);
    private IConnection? _connection;
    private QueueView? _latest;

    /// <summary>The latest view; null while the broker does not answer, since an old one would be taken for today's.</summary>
    public QueueView? Latest => Volatile.Read(ref _latest);

    /// <summary>Which of the queues is the one that the worker takes messages from.</summary>
    public string InputQueue => options.Queue;

    private string[] Parking => [options.ErrorQueue, options.SkippedQueue];

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                Volatile.Write(ref _latest, await LookAsync(stoppingToken));
                await Task.Delay(options.QueueWatchInterval, time, stoppingToken);
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
            _connection ??= await BrokerConnection.OpenAsync(access, "diditworker queue watch", cancellation);

            // In this order: what is parked between the two is in the depth and not yet in the counts, which looks like nothing gone.
            var counted = await CountedAsync();
            var queues = await QueuesAsync(_connection, cancellation);
            return new(time.GetUtcNow(), queues, counted is null ? null : await GroupsAsync(counted, queues))
            {
                BrokerSorts = BrokerConnection.VersionOf(_connection) >= FirstThatSorts,
            };
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            // Whatever it is, to look at queues must not stop the service. Health tells of the broker; this is only why there are no
            // depths.
            Log.NotSeen(logger, exception.GetType().Name);
            await CloseAsync();
            return null;
        }
    }

    private async Task<List<QueueDepth>> QueuesAsync(IConnection connection, CancellationToken cancellation)
    {
        var queues = new List<QueueDepth>();
        foreach (var name in (string[])[InputQueue, .. Parking])
        {
            try
            {
                if (await BrokerConnection.LookAsync(connection, name, cancellation) is { } queue)
                {
                    queues.Add(new(name, queue.MessageCount, queue.ConsumerCount));
                }
                else if (name != InputQueue && options.Topology == Topology.Declare)
                {
                    // The broker would write a line about each look at a queue that is not there.
                    findings.DeclaredParking(name, await ParkingQueue.DeclareAsync(connection, name, cancellation));
                }

                findings.Shown(name);
            }
            catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == Constants.AccessRefused)
            {
                // What may not be looked at cannot be moved to either, when the first message has to be.
                findings.Refused(name, exception.ShutdownReason.ReplyText);
            }
        }

        return queues;
    }

    private async Task<Dictionary<string, IReadOnlyList<CountedGroup>>?> CountedAsync()
    {
        try
        {
            var counted = new Dictionary<string, IReadOnlyList<CountedGroup>>(StringComparer.Ordinal);
            foreach (var queue in Parking)
            {
                counted[queue] = await counts.ReadAsync(queue);
            }

            return counted;
        }
        catch (Exception exception) when (RedisConnection.IsUnavailable(exception))
        {
            return null;
        }
    }

    // A command of an operator holds messages as a consumer for a while, and takes some out before it says so: only what differs from one
    // look to the next as well is gone, or was never counted.
    private async Task<IReadOnlyList<GroupDepth>> GroupsAsync(
        Dictionary<string, IReadOnlyList<CountedGroup>> counted, List<QueueDepth> queues)
    {
        var groups = new List<GroupDepth>();
        foreach (var queue in queues.Where(queue => queue.Name != InputQueue))
        {
            var excess = queue.Consumers > 0 ? 0 : counted[queue.Name].Sum(group => group.Count) - queue.Messages;
            var before = _excess.GetValueOrDefault(queue.Name);
            _excess[queue.Name] = excess;
            groups.AddRange(counted[queue.Name].Select(group =>
                new GroupDepth(queue.Name, group.Group, group.Count, group.OldestPublished + didit.UsableWindow)));
            if (Math.Max(before, excess) is < 0 and var uncounted)
            {
                groups.Add(new(queue.Name, DeadLetterGroups.Uncounted, -uncounted, WindowEnds: null));
            }
            else if (Math.Min(before, excess) is > 0 and var gone)
            {
                await counts.TrimAsync(queue.Name, queue.Messages, gone);
            }
        }

        return groups;
    }

    private async Task CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(201, LogLevel.Debug, "The queues cannot be looked at ({Error})")]
        public static partial void NotSeen(ILogger logger, string error);
    }
}
